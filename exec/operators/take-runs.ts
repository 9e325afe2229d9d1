import type { RowGroupUnit } from '../../src/common/scan-unit.ts';
import type { TimeRange } from '../../src/common/time.ts';
import type { RunTotals } from '../aggregate/run-totals.ts';
import type { LevelFilter } from './level-filter.ts';
import { MinuteTaker } from './take-minutes.ts';
import { TakenRows } from './taken-rows.ts';
import type { ToldBy } from './told-by.ts';

/** Which rows are wanted. */
export interface StreamLevelFilter {
  readonly passes: LevelFilter;
  /** What a stream has in place of the level: a label of its name, or nothing. */
  levelOf(stream: number): string;
}

/**
 * Counts what can be counted without reading a row: runs that are in the range and in one window as a whole and whose
 * series the stream alone tells, and minutes of runs. A unit from which rows are excluded has to be read.
 */
export function takeRuns(
  unit: RowGroupUnit,
  range: TimeRange,
  totals: RunTotals,
  toldBy: (stream: number) => ToldBy,
  filter: StreamLevelFilter | null = null,
): TakenRows {
  const { runs, excluded } = unit;
  const taken = new TakenRows(runs.rowCount.reduce((sum, count) => sum + count, 0));
  if (excluded.length > 0) return taken;
  const minutes = MinuteTaker.of(unit, totals, taken, filter?.passes ?? null);
  const isAllInRange = unit.minTimestamp >= range.start && unit.maxTimestamp < range.end;
  for (let run = 0; run < runs.stream.length; run++) {
    const [minTimestamp, maxTimestamp] = [runs.minTimestamp[run], runs.maxTimestamp[run]];
    const [stream, rowCount, lineBytes] = [runs.stream[run], runs.rowCount[run], runs.lineBytes[run]];
    const told = toldBy(stream);
    if (told === 'row') continue;
    if (told === 'stream' && filter !== null && !filter.passes(filter.levelOf(stream))) {
      taken.pass(runs.firstRow[run], rowCount);
      continue;
    }
    const isInRange = isAllInRange || (minTimestamp >= range.start && maxTimestamp < range.end);
    const isWhole = told === 'stream' && isInRange;
    if (isWhole && totals.take({ stream, rowCount, lineBytes, minTimestamp, maxTimestamp })) {
      taken.count(runs.firstRow[run], rowCount);
    } else {
      minutes?.take(run, told);
    }
  }
  return taken;
}
