import type { CellFields } from './cell-store.ts';

/** Samples to accumulate; arrays may be longer than `count`. */
export interface SampleRows {
  readonly count: number;
  /** Cell of sample i. */
  readonly cells: Uint32Array;
  /** Value of sample i; whatever for operations that only count. */
  readonly values: Float64Array;
  /** Timestamp of sample i as the low and high half of nanoseconds: `halves[2 * rows[i]]`, `[2 * rows[i] + 1]`. */
  readonly halves: Int32Array;
  readonly rows: Uint32Array;
  /** Stream of sample i: `streams[rows[i]]`, a number in the order of label sets. */
  readonly streams: Uint32Array;
  /** Of the samples' unit: earlier arrivals have lower ranks. */
  readonly rank: number;
}

/**
 * A range aggregation whose state per (group, bucket) is a few numbers that can be merged in any order. Field 0 counts
 * the samples. One file per operation.
 */
export interface RangeAccumulator {
  readonly fieldCount: number;
  /** Adds samples to their cells: the hot loop. */
  add(fields: CellFields, samples: SampleRows): void;
  /** Merges a non-empty cell into another, which may be empty. */
  merge(into: CellFields, at: number, from: CellFields, index: number): void;
  /** Value of a non-empty cell. */
  value(fields: CellFields, at: number): number;
}
