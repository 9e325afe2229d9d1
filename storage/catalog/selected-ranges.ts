import type { TimeRange } from '../../src/common/time.ts';
import type { ChunkIndex } from '../index/chunk-index.ts';

/** Row ranges of the given streams (ascending ordinals) with entries in the time range: numbers of ranges, ascending. */
export function selectedRanges(index: ChunkIndex, ordinals: Uint32Array, range: TimeRange): number[] {
  const { stream, minTimestamp, maxTimestamp } = index.rowRanges();
  const { summary } = index;
  const isInside = range.start <= summary.minTimestamp && summary.maxTimestamp < range.end;
  const found: number[] = [];
  let at = 0;
  for (const ordinal of ordinals) {
    at = lowerBoundFrom(stream, at, ordinal);
    for (; at < stream.length && stream[at] === ordinal; at++) {
      if (isInside || (minTimestamp[at] < range.end && maxTimestamp[at] >= range.start)) found.push(at);
    }
  }
  return found;
}

/** The first position from `start` on whose item is not below `bound`; near ones are found first. */
function lowerBoundFrom(sorted: Uint32Array, start: number, bound: number): number {
  let step = 1;
  let low = start;
  while (low + step < sorted.length && sorted[low + step] < bound) {
    low += step;
    step *= 2;
  }
  let high = Math.min(sorted.length, low + step);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
