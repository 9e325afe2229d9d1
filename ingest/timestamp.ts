/**
 * Timestamps on their way in are whole seconds (rounded down) and nanoseconds of that second: both are exact in a
 * double, which 64-bit nanoseconds are not.
 */
export const NANOS_PER_SECOND = 1_000_000_000;
/** The seconds of which 64-bit nanoseconds can hold every nanosecond. */
export const SECONDS_MIN = -9_223_372_036;
export const SECONDS_MAX = 9_223_372_035;

const TWO_16 = 65_536;
const TWO_32 = 4_294_967_296;

/** Stores a timestamp as element `index` of the little-endian 64-bit array that `halves` is a view of. */
export function storeTimestamp(halves: Int32Array, index: number, seconds: number, nanos: number): void {
  const high = Math.floor(seconds / TWO_16);
  const low = seconds - high * TWO_16;
  const highNs = high * NANOS_PER_SECOND;
  const carried = Math.floor(highNs / TWO_16);
  const lowSum = (highNs - carried * TWO_16) * TWO_16 + low * NANOS_PER_SECOND + nanos;
  halves[2 * index] = (lowSum % TWO_32) | 0;
  halves[2 * index + 1] = carried + Math.floor(lowSum / TWO_32);
}

/** RFC 3339 in UTC, whole seconds. */
export function rfc3339(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** As Go prints a time: `2026-11-22 01:41:24.14 +0000 UTC`. */
export function goTimeText(seconds: number, nanos: number): string {
  const fraction = nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
  const [date, time] = rfc3339(seconds).split('T') as [string, string];
  return `${date} ${time.slice(0, -1)}${fraction} +0000 UTC`;
}
