import type { BucketGrid } from './bucket-grid.ts';
import type { ValuePartial } from './partial-aggregate.ts';

/** Values `[first, end)`, in any order. */
export interface ValueRange {
  readonly values: Float64Array;
  first: number;
  end: number;
}

/** What a worker sent, and the numbers of its groups here. */
export interface NumberedValues {
  readonly partial: ValuePartial;
  readonly groups: Uint32Array;
}

/** Bytes that a value takes in `ValuesByGroup`. */
export const GROUPED_VALUE_BYTES = 12;

/** The values of all workers by group. */
export class ValuesByGroup {
  /** Of group g: `[starts[g], starts[g + 1])`. */
  readonly #starts: Uint32Array;
  readonly #values: Float64Array;
  readonly #buckets: Uint32Array;
  readonly #grid: BucketGrid;
  /** Those of one group in the order of their buckets, and where each bucket begins. */
  #sorted = new Float64Array(0);
  readonly #bucketStarts: Uint32Array;

  constructor(parts: readonly NumberedValues[], groupCount: number, grid: BucketGrid) {
    this.#grid = grid;
    this.#bucketStarts = new Uint32Array(grid.bucketCount + 1);
    this.#starts = groupStarts(parts, groupCount);
    const count = this.#starts[groupCount];
    this.#values = new Float64Array(count);
    this.#buckets = new Uint32Array(count);
    const next = this.#starts.slice();
    for (const { partial, groups } of parts) {
      const { group, bucket, value } = partial;
      for (let i = 0; i < partial.count; i++) {
        const at = next[groups[group[i]]]++;
        this.#values[at] = value[i];
        this.#buckets[at] = bucket[i];
      }
    }
  }

  /** Calls for every window of a group that has a value. The range object is reused. */
  forEachWindow(group: number, visit: (step: number, range: ValueRange) => void): void {
    const { windows, stride, windowBuckets, bucketCount } = this.#grid;
    const starts = this.#sortGroup(group);
    const range: ValueRange = { values: this.#sorted, first: 0, end: 0 };
    for (let k = 0; k < windows; k++) {
      range.first = starts[Math.min(bucketCount, k * stride)];
      range.end = starts[Math.min(bucketCount, k * stride + windowBuckets)];
      if (range.first < range.end) visit(k, range);
    }
  }

  /** Where the values of each bucket begin. */
  #sortGroup(group: number): Uint32Array {
    const first = this.#starts[group];
    const end = this.#starts[group + 1];
    const starts = this.#bucketStarts.fill(0);
    if (end - first > this.#sorted.length) this.#sorted = new Float64Array((end - first) * 2);
    const buckets = this.#buckets;
    for (let i = first; i < end; i++) starts[buckets[i]]++;
    // Where each bucket ends, from where it is filled backwards to where it begins.
    for (let bucket = 1; bucket < starts.length; bucket++) starts[bucket] += starts[bucket - 1];
    for (let i = end - 1; i >= first; i--) this.#sorted[--starts[buckets[i]]] = this.#values[i];
    return starts;
  }
}

function groupStarts(parts: readonly NumberedValues[], groupCount: number): Uint32Array {
  const starts = new Uint32Array(groupCount + 1);
  for (const { partial, groups } of parts) {
    for (let i = 0; i < partial.count; i++) starts[groups[partial.group[i]] + 1]++;
  }
  for (let g = 0; g < groupCount; g++) starts[g + 1] += starts[g];
  return starts;
}
