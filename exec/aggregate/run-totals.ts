import type { TimeRange } from '../../src/common/time.ts';
import { type BucketGrid, bucketOf } from './bucket-grid.ts';
import { MinuteBuckets } from './minute-buckets.ts';

/** A stream's rows in a row group, as its statistics describe them. Timestamps are inclusive. */
export interface RunStatistics {
  readonly stream: number;
  readonly rowCount: number;
  readonly lineBytes: number;
  readonly minTimestamp: bigint;
  readonly maxTimestamp: bigint;
}

/** What was counted: item i is `fields[0][i]` rows, with `fields[1][i]` bytes of lines, in one bucket. */
export interface DrainedTotals {
  readonly streams: Uint32Array;
  /** 0: no level that tells series apart; else 1 + index in `levelNames`. */
  readonly levels: Uint32Array;
  readonly levelNames: readonly string[];
  readonly buckets: Int32Array;
  /** Those of CountOverTime and SumOverTime. */
  readonly fields: readonly [Float64Array, Float64Array];
}

/**
 * Rows that lie in one bucket as a whole: counted from statistics, without reading one. For operations that
 * need no more than the number of rows or the bytes of their lines, in groups that stream and level tell.
 */
export class RunTotals {
  /** Of minutes; null where a scan does not know any. */
  readonly minutes: MinuteBuckets | null;
  readonly #grid: BucketGrid;
  readonly #levelNumbers = new Map<string, number>();
  #streams: number[] = [];
  #levels: number[] = [];
  #buckets: number[] = [];
  #rowCounts: number[] = [];
  #lineBytes: number[] = [];

  constructor(grid: BucketGrid, minutes: { readonly rangeNs: bigint; readonly range: TimeRange } | null = null) {
    this.#grid = grid;
    this.minutes = minutes === null ? null : new MinuteBuckets(grid, minutes.rangeNs, minutes.range);
  }

  /** Takes the run if it lies in one bucket. Otherwise its rows have to be looked at. */
  take(run: RunStatistics): boolean {
    const bucket = bucketOf(this.#grid, run.minTimestamp);
    // Both ends may lie outside of all windows, and windows in between.
    if (bucket < 0 || bucketOf(this.#grid, run.maxTimestamp) !== bucket) return false;
    this.add(run.stream, 0, bucket, run.rowCount, run.lineBytes);
    return true;
  }

  /** Number of a level for `add`. */
  levelNumber(name: string): number {
    let number = this.#levelNumbers.get(name);
    if (number === undefined) {
      number = this.#levelNumbers.size + 1;
      this.#levelNumbers.set(name, number);
    }
    return number;
  }

  add(stream: number, level: number, bucket: number, rowCount: number, lineBytes: number): void {
    this.#streams.push(stream);
    this.#levels.push(level);
    this.#buckets.push(bucket);
    this.#rowCounts.push(rowCount);
    this.#lineBytes.push(lineBytes);
  }

  /** What was taken since the last call. */
  drain(): DrainedTotals {
    const drained: DrainedTotals = {
      streams: Uint32Array.from(this.#streams),
      levels: Uint32Array.from(this.#levels),
      levelNames: [...this.#levelNumbers.keys()],
      buckets: Int32Array.from(this.#buckets),
      fields: [Float64Array.from(this.#rowCounts), Float64Array.from(this.#lineBytes)],
    };
    this.#streams = [];
    this.#levels = [];
    this.#buckets = [];
    this.#rowCounts = [];
    this.#lineBytes = [];
    return drained;
  }
}
