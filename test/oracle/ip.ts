import { must } from '../../src/common/assert.ts';

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** Whether some address in the text is the pattern's: an address, a CIDR block or a range (facts 107, 108). */
export function containsIp(text: string, pattern: string): boolean {
  const { bits, low, high } = parsePattern(pattern);
  return addressesIn(Buffer.from(text).toString('latin1')).some(
    (address) => address.bits === bits && address.value >= low && address.value <= high,
  );
}

function parsePattern(pattern: string): { bits: number; low: bigint; high: bigint } {
  if (pattern.includes('/')) {
    const [text = '', length = ''] = pattern.split('/');
    const { bits, value } = must(parseAddress(text));
    const host = BigInt(bits - Number(length));
    const low = (value >> host) << host;
    return { bits, low, high: low + (1n << host) - 1n };
  }
  const [first = '', last = first] = pattern.split('-');
  const low = must(parseAddress(first));
  return { bits: low.bits, low: low.value, high: must(parseAddress(last)).value };
}

/** Runs of address characters that are addresses; `text` has one character per byte. */
function addressesIn(text: string): Address[] {
  const found: Address[] = [];
  for (let at = 0; at < text.length;) {
    const rest = text.slice(at);
    // A candidate for IPv4 begins with a digit and has a dot among its next three bytes.
    const isV4 = rest.length > 3 && /^[0-9](\.|.\.|..\.)/s.test(rest);
    const isV6 = /^([0-9a-f]{1,4}:|::[0-9a-f])/i.test(rest);
    const run = isV4 ? /^[0-9.]+/.exec(rest) : isV6 ? /^[0-9a-f:.]+/i.exec(rest) : null;
    const address = run === null ? null : parseAddress(run[0]);
    if (address !== null) found.push(address);
    at += run === null ? 1 : run[0].length;
  }
  return found;
}

function parseAddress(text: string): Address | null {
  const v4 = parseV4(text);
  if (v4 !== null) return { bits: 32, value: v4 };
  const v6 = parseV6(text);
  return v6 === null ? null : { bits: 128, value: v6 };
}

function parseV4(text: string): bigint | null {
  if (!/^(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}$/.test(text)) return null;
  const parts = text.split('.').map(Number);
  return parts.every((part) => part <= 255) ? parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n) : null;
}

function parseV6(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half, i) => groupsOf(half, i === halves.length - 1));
  if (head === null || tail === null || head === undefined) return null;
  if (tail === undefined) return head.length === 8 ? join(head) : null;
  const zeros = 8 - head.length - tail.length;
  return zeros < 1 ? null : join([...head, ...Array.from({ length: zeros }, () => 0n), ...tail]);
}

/** The 16-bit groups of one side of `::`, the last of which may be an IPv4 address. */
function groupsOf(half: string, isLast: boolean): bigint[] | null {
  if (half === '') return [];
  const parts = half.split(':');
  const groups: bigint[] = [];
  for (const [i, part] of parts.entries()) {
    const v4 = isLast && i === parts.length - 1 ? parseV4(part) : null;
    if (v4 !== null) groups.push(v4 >> 16n, v4 & 0xffffn);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(BigInt(`0x${part}`));
    else return null;
  }
  return groups;
}

function join(groups: readonly bigint[]): bigint {
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}
