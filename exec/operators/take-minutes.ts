import { ANY_LEVEL, type MinuteCounts, NO_LEVEL } from '../../src/common/minute-counts.ts';
import type { RowGroupUnit } from '../../src/common/scan-unit.ts';
import { IN_NO_WINDOW, type MinuteBuckets, MUST_READ } from '../aggregate/minute-buckets.ts';
import type { RunTotals } from '../aggregate/run-totals.ts';
import type { LevelFilter } from './level-filter.ts';
import type { TakenRows } from './taken-rows.ts';
import type { ToldBy } from './told-by.ts';

/** Counts minutes of a row group's runs that lie in one window each. */
export class MinuteTaker {
  readonly #unit: RowGroupUnit;
  readonly #counts: MinuteCounts;
  readonly #buckets: MinuteBuckets;
  readonly #totals: RunTotals;
  readonly #taken: TakenRows;
  /** By level of cells: number of the totals. */
  readonly #levelNumbers: Uint32Array;
  /** Of the bucket that is being counted, by level of cells. */
  readonly #rows: Float64Array;
  readonly #bytes: Float64Array;

  /** By level of cells: whether its rows are wanted. */
  readonly #isWanted: readonly boolean[];

  private constructor(
    unit: RowGroupUnit,
    counts: MinuteCounts,
    totals: RunTotals,
    taken: TakenRows,
    passes: LevelFilter | null,
  ) {
    this.#unit = unit;
    this.#counts = counts;
    this.#buckets = totals.minutes as MinuteBuckets;
    this.#totals = totals;
    this.#taken = taken;
    const levels = unit.columns.find(({ name }) => name === 'level')?.dictionary ?? [];
    this.#levelNumbers = Uint32Array.from([
      NO_LEVEL,
      ...levels.slice(0, ANY_LEVEL).map((name) => totals.levelNumber(name)),
    ]);
    this.#isWanted = ['', ...levels].map((level) => passes === null || passes(level));
    this.#rows = new Float64Array(this.#levelNumbers.length);
    this.#bytes = new Float64Array(this.#levelNumbers.length);
  }

  /** Null where nothing is known of minutes. */
  static of(unit: RowGroupUnit, totals: RunTotals, taken: TakenRows, passes: LevelFilter | null): MinuteTaker | null {
    if (unit.minutes === undefined || totals.minutes === null) return null;
    return new MinuteTaker(unit, unit.minutes, totals, taken, passes);
  }

  take(run: number, told: Exclude<ToldBy, 'row'>): void {
    if (told === 'stream') this.#takeOfStream(run);
    else this.#takeByLevel(run);
  }

  /** Minutes of a run whose rows are all of one series. */
  #takeOfStream(run: number): void {
    const { baseMinute, firstCell, endCell, minute: later, rowCount, lineBytes } = this.#counts;
    const stream = this.#unit.runs.stream[run];
    const end = endCell[run];
    let row = this.#unit.runs.firstRow[run];
    let minute = baseMinute;
    let open = IN_NO_WINDOW;
    let rows = 0;
    let bytes = 0;
    for (let cell = firstCell[run]; cell < end; cell++) {
      minute += later[cell];
      const bucket = this.#buckets.of(minute);
      const count = rowCount[cell];
      if (bucket === IN_NO_WINDOW) this.#taken.pass(row, count);
      else if (bucket !== MUST_READ) {
        if (bucket !== open) {
          if (rows > 0) this.#totals.add(stream, NO_LEVEL, open, rows, bytes);
          open = bucket;
          rows = 0;
          bytes = 0;
        }
        rows += count;
        bytes += lineBytes[cell];
        this.#taken.count(row, count);
      }
      row += count;
    }
    if (rows > 0) this.#totals.add(stream, NO_LEVEL, open, rows, bytes);
  }

  #takeByLevel(run: number): void {
    const { baseMinute, firstCell, endCell, minute: later, level, rowCount } = this.#counts;
    const stream = this.#unit.runs.stream[run];
    const end = endCell[run];
    let row = this.#unit.runs.firstRow[run];
    let minute = baseMinute;
    let open = IN_NO_WINDOW;
    for (let cell = firstCell[run]; cell < end;) {
      const first = cell;
      minute += later[first];
      let rows = 0;
      do rows += rowCount[cell++];
      while (cell < end && later[cell] === 0);
      const bucket = this.#buckets.of(minute);
      if (bucket === IN_NO_WINDOW) this.#taken.pass(row, rows);
      else if (bucket !== MUST_READ && level[first] !== ANY_LEVEL) {
        if (bucket !== open) this.#flush(stream, open);
        open = bucket;
        this.#taken.rowCount += this.#add(first, cell);
        this.#taken.pass(row, rows);
      }
      row += rows;
    }
    this.#flush(stream, open);
  }

  /** Adds cells of one minute; the number of rows that are wanted. */
  #add(first: number, end: number): number {
    let rows = 0;
    const { level: levels, rowCount, lineBytes } = this.#counts;
    for (let cell = first; cell < end; cell++) {
      const level = levels[cell];
      if (!this.#isWanted[level]) continue;
      this.#rows[level] += rowCount[cell];
      this.#bytes[level] += lineBytes[cell];
      rows += rowCount[cell];
    }
    return rows;
  }

  #flush(stream: number, bucket: number): void {
    if (bucket < 0) return;
    for (let level = 0; level < this.#rows.length; level++) {
      if (this.#rows[level] === 0) continue;
      this.#totals.add(stream, this.#levelNumbers[level], bucket, this.#rows[level], this.#bytes[level]);
      this.#rows[level] = 0;
      this.#bytes[level] = 0;
    }
  }
}
