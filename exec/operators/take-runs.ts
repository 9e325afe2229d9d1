import type { Projection } from '../../planner/logical/plan.ts';
import type { Labels } from '../../src/common/labels.ts';
import type { RowGroupUnit } from '../../src/common/scan-unit.ts';
import type { TimeRange } from '../../src/common/time.ts';
import type { RunTotals } from '../aggregate/run-totals.ts';

/** Runs of a row group that were counted as a whole. Rows `[firstRows[i], endRows[i])`, ascending. */
export interface TakenRuns {
  readonly rowCount: number;
  /** Nothing is left to read in the unit. */
  readonly isAll: boolean;
  readonly firstRows: readonly number[];
  readonly endRows: readonly number[];
}

export const NOTHING_TAKEN: TakenRuns = { rowCount: 0, isAll: false, firstRows: [], endRows: [] };

/**
 * Offers the runs that are in the range as a whole and whose series the stream alone tells. A unit from which rows are
 * excluded has to be read.
 */
export function takeRuns(
  { runs, excluded }: RowGroupUnit,
  range: TimeRange,
  totals: RunTotals,
  isToldByStream: (stream: number) => boolean,
): TakenRuns {
  if (excluded.length > 0) return NOTHING_TAKEN;
  const firstRows: number[] = [];
  const endRows: number[] = [];
  let total = 0;
  for (let run = 0; run < runs.stream.length; run++) {
    const [minTimestamp, maxTimestamp] = [runs.minTimestamp[run], runs.maxTimestamp[run]];
    if (minTimestamp < range.start || maxTimestamp >= range.end) continue;
    const [stream, rowCount, lineBytes] = [runs.stream[run], runs.rowCount[run], runs.lineBytes[run]];
    if (!isToldByStream(stream) || !totals.take({ stream, rowCount, lineBytes, minTimestamp, maxTimestamp })) continue;
    firstRows.push(runs.firstRow[run]);
    endRows.push(runs.firstRow[run] + rowCount);
    total += rowCount;
  }
  return { rowCount: total, isAll: firstRows.length === runs.stream.length, firstRows, endRows };
}

/**
 * Whether a stream's labels tell the series of its rows in a unit: metadata of the projected names does not occur there,
 * or is hidden by a stream label of that name (fact 122).
 */
export function toldByStream(
  { columns, totalRows }: RowGroupUnit,
  names: Projection['metadata'],
  streams: readonly Labels[],
): (stream: number) => boolean {
  const stored = columns
    .filter(({ name, nullCount }) => nullCount < totalRows && isMetadata(name))
    .map(({ name }) => name);
  if (names === 'all') return () => stored.length === 0;
  const mayOccur = stored.includes('metadata') ? names : names.filter((name) => stored.includes(columnOf(name)));
  return (stream) => mayOccur.every((name) => streams[stream].has(name));
}

function isMetadata(column: string): boolean {
  return column === 'level' || column === 'metadata' || column.startsWith('metadata.');
}

function columnOf(name: string): string {
  return name === 'detected_level' ? 'level' : `metadata.${name}`;
}

/** The ascending rows that are not in a taken run. */
export function withoutRows(rows: Uint32Array, { firstRows, endRows }: TakenRuns): Uint32Array {
  if (firstRows.length === 0) return rows;
  let run = 0;
  return rows.filter((row) => {
    while (run < endRows.length && row >= endRows[run]) run++;
    return run === endRows.length || row < firstRows[run];
  });
}
