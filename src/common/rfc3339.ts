import { floorDiv, NS_PER_MS, NS_PER_SECOND } from './time.ts';

const RFC3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/;

/** An RFC 3339 time in nanoseconds since the epoch; null when the text is none. Digits beyond nanoseconds are dropped. */
export function parseRfc3339(text: string): bigint | null {
  const match = RFC3339.exec(text);
  if (match === null) return null;
  const [, seconds = '', fraction = '', zone = 'Z'] = match;
  const ms = Date.parse(seconds + zone);
  if (Number.isNaN(ms) || !isOfCalendar(seconds)) return null;
  return BigInt(ms) * NS_PER_MS + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
}

/** Date.parse takes 30 February for 2 March, and 24:00 for the next day. */
function isOfCalendar(seconds: string): boolean {
  return new Date(`${seconds}Z`).toISOString().startsWith(seconds);
}

/** As Go's RFC3339Nano in UTC: no trailing zeros in the fraction, and no fraction when it is zero. */
export function formatRfc3339Nano(timestampNs: bigint): string {
  const seconds = floorDiv(timestampNs, NS_PER_SECOND);
  const nanos = timestampNs - seconds * NS_PER_SECOND;
  const date = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return nanos === 0n ? `${date}Z` : `${date}.${String(nanos).padStart(9, '0').replace(/0+$/, '')}Z`;
}
