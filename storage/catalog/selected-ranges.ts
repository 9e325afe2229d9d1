import type { TimeRange } from '../../src/common/time.ts';
import type { ChunkIndex } from '../index/chunk-index.ts';

/** Row ranges of the given streams (ascending ordinals) with entries in the time range: numbers of ranges, ascending. */
export function selectedRanges(index: ChunkIndex, ordinals: Uint32Array, range: TimeRange): Uint32Array {
  const { stream, minTimestamp, maxTimestamp } = index.rowRanges();
  const { summary } = index;
  const isInside = range.start <= summary.minTimestamp && summary.maxTimestamp < range.end;
  if (isInside && ordinals.length === summary.streams) return upTo(stream.length);
  let found = new Uint32Array(Math.min(stream.length, 2 * ordinals.length));
  let count = 0;
  let at = 0;
  for (const ordinal of ordinals) {
    at = lowerBoundFrom(stream, at, ordinal);
    for (; at < stream.length && stream[at] === ordinal; at++) {
      if (!isInside && (minTimestamp[at] >= range.end || maxTimestamp[at] < range.start)) continue;
      if (count === found.length) found = longer(found);
      found[count++] = at;
    }
  }
  return found.subarray(0, count);
}

function upTo(count: number): Uint32Array {
  const numbers = new Uint32Array(count);
  for (let i = 0; i < count; i++) numbers[i] = i;
  return numbers;
}

function longer(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const copy = new Uint32Array(2 * array.length);
  copy.set(array);
  return copy;
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
