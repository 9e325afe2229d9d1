import { floorDiv, type TimeRange } from '../../src/common/time.ts';
import { type BucketGrid, bucketOf } from './bucket-grid.ts';

/** Rows of the minute are in no window, or out of the range: nothing is counted, nothing is read. */
export const IN_NO_WINDOW = -1;
/** A border lies within the minute. */
export const MUST_READ = -2;

const UNKNOWN = -3;
const NS_PER_MINUTE = 60_000_000_000n;
/** Minutes whose buckets are remembered: two years. */
const REMEMBERED_MAX = 1 << 20;

/** The end of the minute of a timestamp, in minutes since the epoch. */
function minuteOf(timestampNs: bigint): number {
  return -Number(floorDiv(-timestampNs, NS_PER_MINUTE));
}

/** The bucket that a minute `(end - 60 s, end]` lies in as a whole, for rows in `[range.start, range.end)`. */
export class MinuteBuckets {
  readonly #grid: BucketGrid;
  readonly #rangeNs: bigint;
  readonly #range: TimeRange;
  readonly #first: number;
  readonly #known: Int32Array;

  constructor(grid: BucketGrid, rangeNs: bigint, range: TimeRange) {
    this.#grid = grid;
    this.#rangeNs = rangeNs;
    this.#range = range;
    this.#first = Number(range.start / NS_PER_MINUTE) - 1;
    const count = Math.max(0, Number(range.end / NS_PER_MINUTE) + 2 - this.#first);
    this.#known = new Int32Array(count > REMEMBERED_MAX ? 0 : count).fill(UNKNOWN);
  }

  /** `minute`: its end in minutes since the epoch. A bucket, IN_NO_WINDOW or MUST_READ. */
  of(minute: number): number {
    const at = minute - this.#first;
    if (at < 0 || at >= this.#known.length) return this.#find(minute);
    const known = this.#known[at];
    return known === UNKNOWN ? (this.#known[at] = this.#find(minute)) : known;
  }

  /** Whether a minute from one timestamp to another has a border within it. */
  mustReadWithin(first: bigint, last: bigint): boolean {
    const end = minuteOf(last);
    for (let minute = minuteOf(first); minute <= end; minute++) if (this.of(minute) === MUST_READ) return true;
    return false;
  }

  #find(minute: number): number {
    const last = BigInt(minute) * NS_PER_MINUTE;
    const first = last - NS_PER_MINUTE + 1n;
    const { start, end } = this.#range;
    if (last < start || first >= end) return IN_NO_WINDOW;
    if (first < start || last >= end) return MUST_READ;
    const bucket = bucketOf(this.#grid, first);
    if (bucketOf(this.#grid, last) !== bucket) return MUST_READ;
    if (bucket >= 0) return bucket;
    // Windows shorter than a minute may lie in between.
    return this.#rangeNs >= NS_PER_MINUTE ? IN_NO_WINDOW : MUST_READ;
  }
}
