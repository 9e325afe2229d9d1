import type { TimeRange } from '../../src/common/time.ts';
import { type BucketGrid, bucketOf } from './bucket-grid.ts';
import { MinuteBuckets } from './minute-buckets.ts';

const FIRST_CAPACITY = 256;

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
  #count = 0;
  /** Stream, level and bucket of item i: `keys[3 * i ..]`. */
  #keys = new Uint32Array(3 * FIRST_CAPACITY);
  /** Rows and bytes of item i: `sums[2 * i ..]`. */
  #sums = new Float64Array(2 * FIRST_CAPACITY);

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
    const at = this.#count++;
    if (3 * at === this.#keys.length) this.#grow();
    this.#keys[3 * at] = stream;
    this.#keys[3 * at + 1] = level;
    this.#keys[3 * at + 2] = bucket;
    this.#sums[2 * at] = rowCount;
    this.#sums[2 * at + 1] = lineBytes;
  }

  /** What was taken since the last call. */
  drain(): DrainedTotals {
    const count = this.#count;
    const keys = this.#keys;
    const sums = this.#sums;
    this.#count = 0;
    const streams = new Uint32Array(count);
    const levels = new Uint32Array(count);
    const buckets = new Int32Array(count);
    const rowCounts = new Float64Array(count);
    const lineBytes = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      streams[i] = keys[3 * i];
      levels[i] = keys[3 * i + 1];
      buckets[i] = keys[3 * i + 2];
      rowCounts[i] = sums[2 * i];
      lineBytes[i] = sums[2 * i + 1];
    }
    return { streams, levels, levelNames: [...this.#levelNumbers.keys()], buckets, fields: [rowCounts, lineBytes] };
  }

  #grow(): void {
    const keys = new Uint32Array(this.#keys.length * 2);
    keys.set(this.#keys);
    this.#keys = keys;
    const sums = new Float64Array(this.#sums.length * 2);
    sums.set(this.#sums);
    this.#sums = sums;
  }
}
