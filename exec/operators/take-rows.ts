import type { RowGroupUnit } from '../../src/common/scan-unit.ts';
import type { TimeRange } from '../../src/common/time.ts';
import { lowerBoundTime } from '../../storage/read/time-ranges.ts';
import { type BucketGrid, bucketOfInterval, intervalOf, isWhole } from '../aggregate/bucket-grid.ts';
import type { RunTotals } from '../aggregate/run-totals.ts';
import type { TakenRows } from './taken-rows.ts';

/** Distances within an interval and a day are exact numbers below this. */
const STEP_NS_MAX = 2n ** 52n;

/** Whether `takeRows` can count into these buckets. */
export function canTakeRows(grid: BucketGrid): boolean {
  return isWhole(grid) && grid.shape.stepNs < STEP_NS_MAX;
}

/** What of a row group is read to count its rows. */
export interface CountedColumns {
  readonly timestamps: BigInt64Array;
  /** Of lines; null where their bytes do not matter. */
  readonly offsets: Uint32Array | null;
}

/**
 * Counts the rows of runs that nobody has taken, where streams tell the series of all of them: rows of
 * a run ascend in time, so each is compared with the border of the bucket before, and no batch is made. Returns the number
 * of rows in the range.
 */
export function takeRows(
  { runs, minTimestamp, maxTimestamp }: Pick<RowGroupUnit, 'runs' | 'minTimestamp' | 'maxTimestamp'>,
  range: TimeRange,
  taken: TakenRows,
  totals: RunTotals,
  { timestamps, offsets }: CountedColumns,
): number {
  const counter = new RunCounter(totals, timestamps, offsets);
  const borders = taken.borders();
  const isAllInside = minTimestamp >= range.start && maxTimestamp < range.end;
  let border = 0;
  let rows = 0;
  for (let run = 0; run < runs.stream.length; run++) {
    const isInside = isAllInside || (runs.minTimestamp[run] >= range.start && runs.maxTimestamp[run] < range.end);
    let from = runs.firstRow[run];
    const end = from + runs.rowCount[run];
    while (from < end) {
      while (border < borders.length && borders[border + 1] <= from) border += 2;
      const isTaken = border < borders.length && borders[border] <= from;
      const to = Math.min(end, border < borders.length ? borders[border + (isTaken ? 1 : 0)] : end);
      if (!isTaken) {
        const first = isInside ? from : lowerBoundTime(timestamps, from, to, range.start);
        const last = isInside ? to : lowerBoundTime(timestamps, first, to, range.end);
        rows += last - first;
        counter.count(runs.stream[run], first, last);
      }
      from = to;
    }
  }
  return rows;
}

/** Counts rows of one row group, whose timestamps are within a day: distances from the first are exact numbers. */
class RunCounter {
  readonly #totals: RunTotals;
  readonly #halves: Int32Array;
  readonly #offsets: Uint32Array | null;
  readonly #step: number;
  /** The step interval of the first row, and the halves of its end. */
  readonly #origin: number;
  readonly #originLow: number;
  readonly #originHigh: number;

  constructor(totals: RunTotals, timestamps: BigInt64Array, offsets: Uint32Array | null) {
    this.#totals = totals;
    this.#halves = new Int32Array(timestamps.buffer, timestamps.byteOffset, timestamps.length * 2);
    this.#offsets = offsets;
    this.#step = Number(totals.grid.shape.stepNs);
    const { interval, endNs } = intervalOf(totals.grid, timestamps.length === 0 ? 0n : timestamps[0]);
    this.#origin = interval;
    this.#originLow = Number(endNs & 0xffffffffn);
    this.#originHigh = Number(endNs >> 32n);
  }

  /** Rows `[from, to)` ascend in time. */
  count(stream: number, from: number, to: number): void {
    const halves = this.#halves;
    const offsets = this.#offsets;
    const originLow = this.#originLow;
    const originHigh = this.#originHigh;
    const step = this.#step;
    for (let row = from; row < to;) {
      const relative = (halves[2 * row + 1] - originHigh) * 4294967296 + ((halves[2 * row] >>> 0) - originLow);
      const steps = Math.ceil(relative / step);
      const end = steps * step;
      const first = row++;
      while (row < to) {
        const next = (halves[2 * row + 1] - originHigh) * 4294967296 + ((halves[2 * row] >>> 0) - originLow);
        if (next > end) break;
        row++;
      }
      const bucket = bucketOfInterval(this.#totals.grid, this.#origin + steps);
      if (bucket < 0) continue;
      this.#totals.add(stream, 0, bucket, row - first, offsets === null ? 0 : offsets[row] - offsets[first]);
    }
  }
}
