import type { StreamTimeRange } from '../../src/common/scan-unit.ts';
import type { TimeRange } from '../../src/common/time.ts';

/** The ranges of each stream, sorted by start. */
export function rangesByStream(ranges: readonly StreamTimeRange[]): ReadonlyMap<number, readonly StreamTimeRange[]> {
  const byStream = new Map<number, StreamTimeRange[]>();
  for (const range of ranges) {
    const known = byStream.get(range.stream);
    if (known === undefined) byStream.set(range.stream, [range]);
    else known.push(range);
  }
  for (const list of byStream.values()) list.sort((a, b) => (a.minTimestamp < b.minTimestamp ? -1 : 1));
  return byStream;
}

/**
 * Parts of `[range.start, range.end)` that lie in none of `excluded` (inclusive bounds, sorted by start), ascending.
 */
export function subtractRanges(range: TimeRange, excluded: readonly StreamTimeRange[]): TimeRange[] {
  const left: TimeRange[] = [];
  let { start } = range;
  for (const { minTimestamp, maxTimestamp } of excluded) {
    if (minTimestamp >= range.end) break;
    if (minTimestamp > start) left.push({ start, end: minTimestamp });
    if (maxTimestamp >= start) start = maxTimestamp + 1n;
  }
  if (start < range.end) left.push({ start, end: range.end });
  return left;
}

/** The first row in `[low, high)` of ascending timestamps that is not before `bound`; `high` when there is none. */
export function lowerBoundTime(timestamps: BigInt64Array, low: number, high: number, bound: bigint): number {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timestamps[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether a row's timestamp lies in one of the ranges (inclusive bounds). */
export function isInRanges(
  ranges: readonly StreamTimeRange[] | undefined,
  timestamps: BigInt64Array,
  row: number,
): boolean {
  if (ranges === undefined) return false;
  const timestamp = timestamps[row];
  return ranges.some(({ minTimestamp, maxTimestamp }) => minTimestamp <= timestamp && timestamp <= maxTimestamp);
}
