import type { StepGrid } from '../../planner/ir/metric.ts';
import { stepCount } from '../../planner/ir/metric.ts';

/**
 * Time cut into buckets such that every window `(t - offset - range, t - offset]` of a step grid (fact 30) is a run of
 * whole buckets. Each sample is accumulated once, in its bucket, whatever the ratio of range to step; windows are
 * composed afterwards.
 *
 * A step interval `(t[j-1], t[j]]` is one bucket when the range is a multiple of the step. Otherwise it is cut where
 * windows begin: the later part, less than `range mod step` before t[j], is in one window more than the earlier part.
 * With range < step the earlier part is in no window and has no bucket. With a range of more steps than there are
 * windows, the intervals that are in every window are one bucket: there are never more than 4 buckets per window.
 */
export interface BucketGrid {
  readonly windows: number;
  readonly bucketCount: number;
  /** Window k is the buckets `[k * stride, k * stride + windowBuckets)`. */
  readonly stride: number;
  readonly windowBuckets: number;
  readonly shape: BucketShape;
}

interface BucketShape {
  /** Time of window 0 in the data: start - offset. */
  readonly baseNs: bigint;
  readonly stepNs: bigint;
  /** Whole steps in the range, as far as they are kept apart, and how many were folded away. */
  readonly wholeSteps: number;
  readonly foldedSteps: number;
  /** What is left of the range. */
  readonly restNs: bigint;
}

export function bucketGrid(grid: StepGrid, rangeNs: bigint, offsetNs: bigint): BucketGrid {
  const windows = stepCount(grid);
  const stepNs = grid.stepNs > 0n ? grid.stepNs : rangeNs > 0n ? rangeNs : 1n;
  const rangeSteps = Number(rangeNs / stepNs);
  const wholeSteps = Math.min(rangeSteps, windows);
  const restNs = rangeNs % stepNs;
  const foldedSteps = rangeSteps - wholeSteps;
  const shape = { baseNs: grid.startNs - offsetNs, stepNs, wholeSteps, foldedSteps, restNs };
  if (restNs === 0n) {
    const bucketCount = wholeSteps === 0 ? 0 : windows + wholeSteps - 1;
    return { windows, bucketCount, stride: 1, windowBuckets: wholeSteps, shape };
  }
  if (wholeSteps === 0) return { windows, bucketCount: windows, stride: 1, windowBuckets: 1, shape };
  const windowBuckets = 2 * wholeSteps + 1;
  return { windows, bucketCount: 2 * (windows - 1) + windowBuckets, stride: 2, windowBuckets, shape };
}

/** Bucket of one timestamp, or -1: the obvious version, exact for any distance. */
export function bucketOf({ bucketCount, shape }: BucketGrid, timestampNs: bigint): number {
  const { baseNs, stepNs, restNs } = shape;
  const relative = timestampNs - baseNs;
  const interval = relative > 0n ? (relative + stepNs - 1n) / stepNs : relative / stepNs;
  const untilEnd = interval * stepNs - relative;
  const bucket = place(Number(interval), untilEnd < restNs, shape, restNs === 0n);
  return bucket >= 0 && bucket < bucketCount ? bucket : -1;
}

/** Whether step intervals are buckets as a whole: then the bucket of a timestamp follows from its interval alone. */
export function isWhole({ shape }: BucketGrid): boolean {
  return shape.restNs === 0n;
}

/** Bucket of a step interval of a grid that is whole, or -1. Interval 0 ends at window 0. */
export function bucketOfInterval({ bucketCount, shape }: BucketGrid, interval: number): number {
  const bucket = place(interval, false, shape, true);
  return bucket >= 0 && bucket < bucketCount ? bucket : -1;
}

/** The step interval of a timestamp of a grid, and its end. */
export function intervalOf({ shape: { baseNs, stepNs } }: BucketGrid, timestampNs: bigint) {
  const relative = timestampNs - baseNs;
  const interval = relative > 0n ? (relative + stepNs - 1n) / stepNs : relative / stepNs;
  return { interval: Number(interval), endNs: baseNs + interval * stepNs };
}

/** Bucket of the later or earlier part of step interval `interval` (0 ends at window 0); may be out of the grid. */
function place(unfolded: number, isLater: boolean, shape: BucketShape, isWhole: boolean): number {
  const { wholeSteps, foldedSteps } = shape;
  const interval = unfolded > 0 ? unfolded : Math.min(unfolded + foldedSteps, 0);
  if (isWhole) return interval + wholeSteps - 1;
  if (wholeSteps === 0) return isLater ? interval : -1;
  // Both parts of an interval that others were folded into are in every window.
  const isFolded = foldedSteps > 0 && interval === 0;
  return (interval + wholeSteps) * 2 + (isLater || isFolded ? 0 : -1);
}

/** Distances below this are exact in a double, and so are quotients and remainders of them. */
const EXACT_NS_MAX = 2 ** 53 - 1;

/** Assigns buckets to rows. Reusable; keeps no state between calls. */
export class BucketAssigner {
  readonly #grid: BucketGrid;
  readonly #step: number;
  readonly #rest: number;

  constructor(grid: BucketGrid) {
    this.#grid = grid;
    this.#step = Number(grid.shape.stepNs);
    this.#rest = Number(grid.shape.restNs);
  }

  /**
   * `out[i]` = bucket of `timestamps[rows[i]]`, or -1. Distances are taken from the step interval of the first row, so
   * that doubles are exact for rows within 104 days of it; rows further away take the slow way.
   */
  assign(timestamps: BigInt64Array, rows: Uint32Array, count: number, out: Int32Array): void {
    if (count === 0) return;
    const { shape, bucketCount } = this.#grid;
    const { originNs, interval: originInterval } = this.#origin(timestamps[rows[0]]);
    const halves = new Int32Array(timestamps.buffer, timestamps.byteOffset, timestamps.length * 2);
    const originLow = Number(originNs & 0xffffffffn);
    const originHigh = Number(originNs >> 32n);
    const step = this.#step;
    const rest = this.#rest;
    const isWhole = rest === 0;
    const reach = EXACT_NS_MAX - step;
    for (let i = 0; i < count; i++) {
      const at = rows[i] * 2;
      const low = halves[at] >>> 0;
      const relative = (halves[at + 1] - originHigh) * 4294967296 + (low - originLow);
      if (relative > reach || relative < -reach) {
        out[i] = bucketOf(this.#grid, timestamps[rows[i]]);
        continue;
      }
      const steps = Math.ceil(relative / step);
      const isLater = steps * step - relative < rest;
      const bucket = place(originInterval + steps, isLater, shape, isWhole);
      out[i] = bucket >= 0 && bucket < bucketCount ? bucket : -1;
    }
  }

  /** End of the step interval that `timestampNs` lies in. */
  #origin(timestampNs: bigint): { originNs: bigint; interval: number } {
    const { baseNs, stepNs } = this.#grid.shape;
    const interval = (timestampNs - baseNs) / stepNs;
    return { originNs: baseNs + interval * stepNs, interval: Number(interval) };
  }
}
