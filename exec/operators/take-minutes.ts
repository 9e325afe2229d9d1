import { ANY_LEVEL, LEVEL_BITS, LEVEL_MASK, type MinuteCounts, NO_LEVEL } from '../../src/common/minute-counts.ts';
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
  /** By level of keys: number of the totals. */
  readonly #levelNumbers: Uint32Array;
  /** Of the bucket that is being counted, by level of keys. */
  readonly #rows: Float64Array;
  readonly #bytes: Float64Array;

  /** By level of keys: whether its rows are wanted. */
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
    const { baseMinute, firstCell, key, rowCount } = this.#counts;
    const stream = this.#unit.runs.stream[run];
    const end = firstCell[run + 1];
    let row = this.#unit.runs.firstRow[run];
    let open = IN_NO_WINDOW;
    for (let cell = firstCell[run]; cell < end;) {
      const minute = key[cell] >>> LEVEL_BITS;
      const first = cell;
      let rows = 0;
      for (; cell < end && key[cell] >>> LEVEL_BITS === minute; cell++) rows += rowCount[cell];
      const needsLevel = told === 'level' && (key[first] & LEVEL_MASK) === ANY_LEVEL;
      const bucket = this.#buckets.of(baseMinute + minute);
      if (bucket === IN_NO_WINDOW) this.#taken.pass(row, rows);
      else if (bucket !== MUST_READ && !needsLevel) {
        if (bucket !== open) this.#flush(stream, open);
        open = bucket;
        this.#taken.rowCount += this.#add(first, cell, told === 'level');
        this.#taken.pass(row, rows);
      }
      row += rows;
    }
    this.#flush(stream, open);
  }

  /** Adds cells of one minute; the number of rows that are wanted. */
  #add(first: number, end: number, byLevel: boolean): number {
    let rows = 0;
    const { key, rowCount, lineBytes } = this.#counts;
    for (let cell = first; cell < end; cell++) {
      const level = byLevel ? key[cell] & LEVEL_MASK : NO_LEVEL;
      if (byLevel && !this.#isWanted[level]) continue;
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
