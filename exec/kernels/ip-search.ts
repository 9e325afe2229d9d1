import { hexValue, IP_WORDS, parseIp } from '../../src/common/ip.ts';
import { ipRangeContains, parseIpRange, type IpRange } from '../../src/common/ip-range.ts';

/** Whether some address in `bytes[start .. end)` belongs to the pattern. */
export type IpMatcher = (bytes: Uint8Array, start: number, end: number) => boolean;

/**
 * The search behind `ip("...")` in line filters and label filters (spec facts 107 to 109). Throws SkaldError
 * `bad_query` for an invalid pattern.
 */
export function compileIpMatcher(pattern: string): IpMatcher {
  const range = parseIpRange(pattern);
  const words = new Uint32Array(IP_WORDS);
  return (bytes, start, end) => searchIp(range, words, bytes, start, end);
}

const DOT = 0x2e;
const COLON = 0x3a;

/** A candidate is the longest run of address characters; whether or not it is an address, the search goes on after it. */
function searchIp(range: IpRange, words: Uint32Array, bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte !== COLON && hexValue(byte) < 0) continue;
    const v4 = startsIpv4(bytes, at, end);
    if (!v4 && !startsIpv6(bytes, at, end)) continue;
    let stop = at + 1;
    while (stop < end && (v4 ? isIpv4Byte(bytes[stop]) : isIpv6Byte(bytes[stop]))) stop++;
    const family = parseIp(bytes, at, stop, words);
    if (family !== 0 && ipRangeContains(range, family, words)) return true;
    at = stop - 1;
  }
  return false;
}

/** A digit, and a dot among the next three bytes. */
function startsIpv4(bytes: Uint8Array, at: number, end: number): boolean {
  if (!isDigit(bytes[at]) || at + 3 >= end) return false;
  return bytes[at + 1] === DOT || bytes[at + 2] === DOT || bytes[at + 3] === DOT;
}

/** One to four hexadecimal digits and a colon, or `::` and a digit. */
function startsIpv6(bytes: Uint8Array, at: number, end: number): boolean {
  if (bytes[at] === COLON) return at + 2 < end && bytes[at + 1] === COLON && hexValue(bytes[at + 2]) >= 0;
  for (let i = at + 1; i <= at + 4 && i < end; i++) {
    if (bytes[i] === COLON) return true;
    if (hexValue(bytes[i]) < 0) return false;
  }
  return false;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isIpv4Byte(byte: number): boolean {
  return isDigit(byte) || byte === DOT;
}

function isIpv6Byte(byte: number): boolean {
  return hexValue(byte) >= 0 || byte === COLON || byte === DOT;
}
