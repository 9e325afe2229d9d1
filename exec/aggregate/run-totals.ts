import { type BucketGrid, bucketOf } from './bucket-grid.ts';

/** A stream's rows in a row group, as its statistics describe them. Timestamps are inclusive. */
export interface RunStatistics {
  readonly stream: number;
  readonly rowCount: number;
  readonly lineBytes: number;
  readonly minTimestamp: bigint;
  readonly maxTimestamp: bigint;
}

/**
 * Runs of rows that lie in one bucket as a whole: counted from statistics, without reading a row. For operations that
 * need no more than the number of rows or the bytes of their lines, in groups that the stream alone tells.
 */
export class RunTotals {
  readonly #grid: BucketGrid;
  readonly #streams: number[] = [];
  readonly #buckets: number[] = [];
  readonly #rowCounts: number[] = [];
  readonly #lineBytes: number[] = [];

  constructor(grid: BucketGrid) {
    this.#grid = grid;
  }

  /** Takes the run if it lies in one bucket. Otherwise its rows have to be looked at. */
  take(run: RunStatistics): boolean {
    const bucket = bucketOf(this.#grid, run.minTimestamp);
    // Both ends may lie outside of all windows, and windows in between.
    if (bucket < 0 || bucketOf(this.#grid, run.maxTimestamp) !== bucket) return false;
    this.#streams.push(run.stream);
    this.#buckets.push(bucket);
    this.#rowCounts.push(run.rowCount);
    this.#lineBytes.push(run.lineBytes);
    return true;
  }

  /** What was taken since the last call. `fields` are those of CountOverTime and SumOverTime: rows, bytes. */
  drain(): { streams: Uint32Array; buckets: Int32Array; fields: [Float64Array, Float64Array] } {
    return {
      streams: Uint32Array.from(this.#streams.splice(0)),
      buckets: Int32Array.from(this.#buckets.splice(0)),
      fields: [Float64Array.from(this.#rowCounts.splice(0)), Float64Array.from(this.#lineBytes.splice(0))],
    };
  }
}
