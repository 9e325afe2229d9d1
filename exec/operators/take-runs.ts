import type { RowGroupUnit } from '../../src/common/scan-unit.ts';
import type { TimeRange } from '../../src/common/time.ts';
import type { RunTotals } from '../aggregate/run-totals.ts';
import { MinuteTaker } from './take-minutes.ts';
import { TakenRows } from './taken-rows.ts';
import type { ToldBy } from './told-by.ts';

/**
 * Counts what can be counted without reading a row: runs that are in the range and in one window as a whole and whose
 * series the stream alone tells, and minutes of runs. A unit from which rows are excluded has to be read.
 */
export function takeRuns(
  unit: RowGroupUnit,
  range: TimeRange,
  totals: RunTotals,
  toldBy: (stream: number) => ToldBy,
): TakenRows {
  const { runs, excluded } = unit;
  const taken = new TakenRows(runs.rowCount.reduce((sum, count) => sum + count, 0));
  if (excluded.length > 0) return taken;
  const minutes = MinuteTaker.of(unit, totals, taken);
  for (let run = 0; run < runs.stream.length; run++) {
    const [minTimestamp, maxTimestamp] = [runs.minTimestamp[run], runs.maxTimestamp[run]];
    const [stream, rowCount, lineBytes] = [runs.stream[run], runs.rowCount[run], runs.lineBytes[run]];
    const told = toldBy(stream);
    if (told === 'row') continue;
    const isInRange = minTimestamp >= range.start && maxTimestamp < range.end;
    const isWhole = told === 'stream' && isInRange;
    if (isWhole && totals.take({ stream, rowCount, lineBytes, minTimestamp, maxTimestamp })) {
      taken.count(runs.firstRow[run], rowCount);
    } else {
      minutes?.take(run, told);
    }
  }
  return taken;
}
