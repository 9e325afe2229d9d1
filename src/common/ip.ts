/** 0: not an address. */
export type IpFamily = 0 | 4 | 6;

/** Words of an address, most significant first; an IPv4 address is the last one. */
export const IP_WORDS = 4;

const DOT = 0x2e;
const COLON = 0x3a;

/** Parses the textual address `bytes[start .. end)` into `out`. No zones; IPv4 without leading zeros. */
export function parseIp(bytes: Uint8Array, start: number, end: number, out: Uint32Array): IpFamily {
  for (let i = start; i < end; i++) {
    if (bytes[i] === DOT) {
      out.fill(0);
      const value = parseIpv4(bytes, start, end);
      out[3] = value;
      return value < 0 ? 0 : 4;
    }
    if (bytes[i] === COLON) return parseIpv6(bytes, start, end, out) ? 6 : 0;
  }
  return 0;
}

/** The address as an unsigned number, -1 when it is none. */
function parseIpv4(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  let octets = 0;
  for (let at = start; octets < 4; at++, octets++) {
    const first = at;
    let octet = 0;
    for (; at < end && isDigit(bytes[at]); at++) octet = octet * 10 + bytes[at] - 0x30;
    const length = at - first;
    if (length === 0 || length > 3 || octet > 255 || (length > 1 && bytes[first] === 0x30)) return -1;
    value = value * 256 + octet;
    if (octets === 3) return at === end ? value : -1;
    if (at >= end || bytes[at] !== DOT) return -1;
  }
  return -1;
}

const groups = new Uint16Array(8);

/** Up to eight groups of hexadecimal digits, one `::` for at least one group of zeros, the last two also as IPv4. */
function parseIpv6(bytes: Uint8Array, start: number, end: number, out: Uint32Array): boolean {
  let count = 0;
  let ellipsis = -1;
  let at = start;
  if (bytes[at] === COLON) {
    if (at + 1 >= end || bytes[at + 1] !== COLON) return false;
    ellipsis = 0;
    at += 2;
  }
  while (at < end && count < 8) {
    const first = at;
    let group = 0;
    for (; at < end && hexValue(bytes[at]) >= 0; at++) group = (group * 16 + hexValue(bytes[at])) & 0xfffff;
    if (at < end && bytes[at] === DOT) {
      const value = count <= 6 ? parseIpv4(bytes, first, end) : -1;
      if (value < 0 || (ellipsis < 0 && count !== 6)) return false;
      groups[count++] = Math.floor(value / 0x10000);
      groups[count++] = value % 0x10000;
      return spread(count, ellipsis, out);
    }
    if (at === first || at - first > 4) return false;
    groups[count++] = group;
    if (at === end) return spread(count, ellipsis, out);
    if (bytes[at] !== COLON || at + 1 === end) return false;
    at++;
    if (bytes[at] !== COLON) continue;
    if (ellipsis >= 0) return false;
    ellipsis = count;
    at++;
  }
  return at === end && spread(count, ellipsis, out);
}

/** Writes `count` groups, with zeros for the ellipsis. */
function spread(count: number, ellipsis: number, out: Uint32Array): boolean {
  if (ellipsis < 0 ? count !== 8 : count >= 8) return false;
  out.fill(0);
  for (let i = 0; i < count; i++) {
    const to = ellipsis >= 0 && i >= ellipsis ? i + 8 - count : i;
    const word = to >> 1;
    out[word] = out[word] | (to % 2 === 0 ? groups[i] << 16 : groups[i]);
  }
  return true;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Value of a hexadecimal digit, -1 for another byte. */
export function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
