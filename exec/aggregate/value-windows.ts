import type { BucketGrid } from './bucket-grid.ts';
import { orderByKeys } from './order-by-keys.ts';
import type { ValuePartial } from './partial-aggregate.ts';

/** Values `[first, end)`, in any order. */
export interface ValueRange {
  readonly values: Float64Array;
  first: number;
  end: number;
}

/** Values sorted by (group, bucket), and where each group begins. */
export interface SortedValues {
  readonly values: Float64Array;
  readonly buckets: Uint32Array;
  /** groupCount + 1 positions. */
  readonly starts: Uint32Array;
}

export function sortValues({ count, group, bucket, value }: ValuePartial, groupCount: number): SortedValues {
  const order = orderByKeys(count, [group, bucket]);
  const values = new Float64Array(count);
  const buckets = new Uint32Array(count);
  const starts = new Uint32Array(groupCount + 1);
  for (let i = 0; i < count; i++) {
    const from = order[i];
    values[i] = value[from];
    buckets[i] = bucket[from];
    starts[group[from] + 1] += 1;
  }
  for (let g = 0; g < groupCount; g++) starts[g + 1] += starts[g];
  return { values, buckets, starts };
}

/** Calls for every window of a group that has a value. The range object is reused. */
export function forEachValueWindow(
  { values, buckets, starts }: SortedValues,
  group: number,
  { windows, stride, windowBuckets }: BucketGrid,
  visit: (step: number, range: ValueRange) => void,
): void {
  const last = starts[group + 1];
  const range: ValueRange = { values, first: starts[group], end: starts[group] };
  for (let k = 0; k < windows && range.first < last; k++) {
    while (range.end < last && buckets[range.end] < k * stride + windowBuckets) range.end++;
    while (range.first < range.end && buckets[range.first] < k * stride) range.first++;
    if (range.first < range.end) visit(k, range);
  }
}
