import type { BucketGrid } from './bucket-grid.ts';
import type { CellFields, CellStore } from './cell-store.ts';
import type { RangeAccumulator } from './range-accumulator.ts';

/**
 * Turns a group's buckets into one value per window. Windows of several buckets are composed with two merges each,
 * whatever their length (van Herk): buckets are cut into blocks of a window's length, and a window is a suffix of one
 * block and a prefix of the next. Works for every merge, also where subtracting would lose precision or NaN.
 */
export class WindowComposer {
  readonly #grid: BucketGrid;
  readonly #accumulator: RangeAccumulator;
  /** State from the bucket to the end of its block, and from the start of its block to the bucket. */
  readonly #suffix: CellFields;
  readonly #prefix: CellFields;
  readonly #window: CellFields;

  constructor(grid: BucketGrid, accumulator: RangeAccumulator) {
    this.#grid = grid;
    this.#accumulator = accumulator;
    const make = (length: number): CellFields =>
      Array.from({ length: accumulator.fieldCount }, () => new Float64Array(length));
    const length = grid.windowBuckets === 1 ? 0 : grid.bucketCount;
    this.#suffix = make(length);
    this.#prefix = make(length);
    this.#window = make(1);
  }

  /** Writes `values[at + k]` and `present[at + k]` for the windows k that have a sample. */
  compose(store: CellStore, group: number, values: Float64Array, present: Uint8Array, at: number): void {
    if (this.#grid.windowBuckets === 1) this.#composeSingle(store, group, values, present, at);
    else this.#composeRuns(store, group, values, present, at);
  }

  /** Bucket k is window k. */
  #composeSingle(store: CellStore, group: number, values: Float64Array, present: Uint8Array, at: number): void {
    const { fields } = store;
    store.forEachCell(group, (bucket, cell) => {
      values[at + bucket] = this.#accumulator.value(fields, cell);
      present[at + bucket] = 1;
    });
  }

  #composeRuns(store: CellStore, group: number, values: Float64Array, present: Uint8Array, at: number): void {
    const { windows, stride, windowBuckets } = this.#grid;
    this.#fill(store, group);
    const suffixCounts = this.#suffix[0];
    const prefixCounts = this.#prefix[0];
    for (let k = 0; k < windows; k++) {
      const first = k * stride;
      const last = first + windowBuckets - 1;
      const isWholeBlock = first % windowBuckets === 0;
      if (suffixCounts[first] === 0 && (isWholeBlock || prefixCounts[last] === 0)) continue;
      clear(this.#window, 0);
      if (suffixCounts[first] !== 0) this.#accumulator.merge(this.#window, 0, this.#suffix, first);
      if (!isWholeBlock && prefixCounts[last] !== 0) this.#accumulator.merge(this.#window, 0, this.#prefix, last);
      values[at + k] = this.#accumulator.value(this.#window, 0);
      present[at + k] = 1;
    }
  }

  #fill(store: CellStore, group: number): void {
    const suffix = this.#suffix;
    const prefix = this.#prefix;
    const { bucketCount, windowBuckets } = this.#grid;
    for (let f = 0; f < suffix.length; f++) {
      suffix[f].fill(0);
      prefix[f].fill(0);
    }
    const { fields } = store;
    store.forEachCell(group, (bucket, cell) => {
      this.#accumulator.merge(suffix, bucket, fields, cell);
      this.#accumulator.merge(prefix, bucket, fields, cell);
    });
    const prefixCounts = prefix[0];
    for (let b = 1; b < bucketCount; b++) {
      if (b % windowBuckets !== 0 && prefixCounts[b - 1] !== 0) this.#accumulator.merge(prefix, b, prefix, b - 1);
    }
    const suffixCounts = suffix[0];
    for (let b = bucketCount - 2; b >= 0; b--) {
      if ((b + 1) % windowBuckets !== 0 && suffixCounts[b + 1] !== 0) this.#accumulator.merge(suffix, b, suffix, b + 1);
    }
  }
}

function clear(fields: CellFields, at: number): void {
  for (let f = 0; f < fields.length; f++) fields[f][at] = 0;
}
