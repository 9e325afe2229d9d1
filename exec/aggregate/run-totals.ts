import type { WorkerGroups } from '../../planner/physical/codec.ts';
import { assert } from '../../src/common/assert.ts';
import type { TimeRange } from '../../src/common/time.ts';
import { type BucketGrid, bucketOf } from './bucket-grid.ts';
import { MinuteBuckets } from './minute-buckets.ts';

const FIRST_CAPACITY = 256;
/** Items until somebody has to take them away. */
const CAPACITY_MAX = 1 << 16;
/** Groups times buckets for which there is a sum each. */
const DENSE_MAX = 1 << 18;

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
  /** Whether `streams` are groups already. */
  readonly areGroups: boolean;
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
  readonly grid: BucketGrid;
  readonly #levelNumbers = new Map<string, number>();
  #count = 0;
  /** Stream, level and bucket of item i: `keys[3 * i ..]`. */
  #keys = new Uint32Array(3 * FIRST_CAPACITY);
  /** Rows and bytes of item i: `sums[2 * i ..]`. */
  #sums = new Float64Array(2 * FIRST_CAPACITY);

  /** Where streams tell groups, and there are few of them and of buckets: rows and bytes by group, then bucket. */
  readonly #dense: { readonly group: Uint32Array; readonly rows: Float64Array; readonly bytes: Float64Array } | null;
  #whenFull: (() => void) | null = null;

  /** `given`: groups by stream, where nothing else tells them. */
  constructor(
    grid: BucketGrid,
    minutes: { readonly rangeNs: bigint; readonly range: TimeRange } | null = null,
    given: WorkerGroups | null = null,
  ) {
    this.grid = grid;
    const cells = (given?.count ?? 0) * grid.bucketCount;
    this.#dense =
      given === null || cells > DENSE_MAX
        ? null
        : { group: given.group, rows: new Float64Array(cells), bytes: new Float64Array(cells) };
    this.minutes = minutes === null ? null : new MinuteBuckets(grid, minutes.rangeNs, minutes.range);
  }

  /** `drainAll` is called when many items are here, and has to call `drain`. */
  onFull(drainAll: () => void): void {
    this.#whenFull = drainAll;
  }

  /** Takes the run if it lies in one bucket. Otherwise its rows have to be looked at. */
  take(run: RunStatistics): boolean {
    const bucket = bucketOf(this.grid, run.minTimestamp);
    // Both ends may lie outside of all windows, and windows in between.
    if (bucket < 0 || bucketOf(this.grid, run.maxTimestamp) !== bucket) return false;
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
    const dense = this.#dense;
    if (dense !== null) {
      const cell = dense.group[stream] * this.grid.bucketCount + bucket;
      dense.rows[cell] += rowCount;
      dense.bytes[cell] += lineBytes;
      return;
    }
    if (3 * this.#count === this.#keys.length) this.#makeRoom();
    const at = this.#count++;
    this.#keys[3 * at] = stream;
    this.#keys[3 * at + 1] = level;
    this.#keys[3 * at + 2] = bucket;
    this.#sums[2 * at] = rowCount;
    this.#sums[2 * at + 1] = lineBytes;
  }

  /** What was taken since the last call. */
  drain(): DrainedTotals {
    if (this.#dense !== null) return this.#drainDense(this.#dense.rows, this.#dense.bytes);
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
    const levelNames = [...this.#levelNumbers.keys()];
    return { areGroups: false, streams, levels, levelNames, buckets, fields: [rowCounts, lineBytes] };
  }

  #drainDense(rows: Float64Array, bytes: Float64Array): DrainedTotals {
    const { bucketCount } = this.grid;
    let count = 0;
    for (let cell = 0; cell < rows.length; cell++) if (rows[cell] > 0) count++;
    const groups = new Uint32Array(count);
    const buckets = new Int32Array(count);
    const fields = [new Float64Array(count), new Float64Array(count)] as const;
    for (let cell = 0, at = 0; at < count; cell++) {
      if (rows[cell] === 0) continue;
      groups[at] = Math.floor(cell / bucketCount);
      buckets[at] = cell % bucketCount;
      fields[0][at] = rows[cell];
      fields[1][at++] = bytes[cell];
    }
    rows.fill(0);
    bytes.fill(0);
    return { areGroups: true, streams: groups, levels: new Uint32Array(count), levelNames: [], buckets, fields };
  }

  #makeRoom(): void {
    if (this.#count >= CAPACITY_MAX && this.#whenFull !== null) {
      this.#whenFull();
      assert(this.#count === 0, 'totals are full and were not taken away');
      return;
    }
    const keys = new Uint32Array(this.#keys.length * 2);
    keys.set(this.#keys);
    this.#keys = keys;
    const sums = new Float64Array(this.#sums.length * 2);
    sums.set(this.#sums);
    this.#sums = sums;
  }
}
