import { SkaldError } from './errors.ts';
import { goQuote } from './go-quote.ts';
import { IP_WORDS, parseIp, type IpFamily } from './ip.ts';
import { encodeUtf8 } from './utf8.ts';

/** Addresses from `low` to `high`, both inclusive, of one family. */
export interface IpRange {
  readonly family: IpFamily;
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}

interface Address {
  readonly family: IpFamily;
  readonly words: Uint32Array;
}

/** An address, a CIDR block or a range `a-b` (spec fact 107). Throws SkaldError `bad_query`. */
export function parseIpRange(pattern: string): IpRange {
  const range = parseSingle(pattern) ?? parseCidr(pattern) ?? parseBounds(pattern);
  if (range === null) throw new SkaldError('bad_query', `ip: invalid pattern: ${goQuote(pattern)}`);
  return range;
}

export function ipRangeContains(range: IpRange, family: IpFamily, words: Uint32Array): boolean {
  return family === range.family && compareIp(words, range.low) >= 0 && compareIp(words, range.high) <= 0;
}

function compareIp(a: Uint32Array, b: Uint32Array): number {
  for (let i = 0; i < IP_WORDS; i++) if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
  return 0;
}

function parseAddress(text: string): Address | null {
  const bytes = encodeUtf8(text);
  const words = new Uint32Array(IP_WORDS);
  const family = parseIp(bytes, 0, bytes.length, words);
  return family === 0 ? null : { family, words };
}

function parseSingle(pattern: string): IpRange | null {
  const address = parseAddress(pattern);
  return address === null ? null : { family: address.family, low: address.words, high: address.words };
}

/** Host bits of the address do not matter. */
function parseCidr(pattern: string): IpRange | null {
  const match = /^([^/]+)\/(0|[1-9][0-9]{0,2})$/.exec(pattern);
  const address = parseAddress(match?.[1] ?? '');
  if (match === null || address === null) return null;
  const length = Number(match[2]) + (address.family === 4 ? 96 : 0);
  if (length > 128) return null;
  const low = Uint32Array.from(address.words);
  const high = Uint32Array.from(address.words);
  for (let word = 0; word < IP_WORDS; word++) {
    const hostBits = Math.min(32, Math.max(0, (word + 1) * 32 - length));
    const mask = hostBits === 32 ? 0xffffffff : (1 << hostBits) - 1;
    low[word] = low[word] & ~mask;
    high[word] = high[word] | mask;
  }
  if (address.family === 4) low.fill(0, 0, 3);
  if (address.family === 4) high.fill(0, 0, 3);
  return { family: address.family, low, high };
}

function parseBounds(pattern: string): IpRange | null {
  const dash = pattern.indexOf('-');
  if (dash < 0) return null;
  const low = parseAddress(pattern.slice(0, dash));
  const high = parseAddress(pattern.slice(dash + 1));
  if (low === null || high?.family !== low.family || compareIp(low.words, high.words) > 0) return null;
  return { family: low.family, low: low.words, high: high.words };
}
