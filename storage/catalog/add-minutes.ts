import { SkaldError } from '../../src/common/errors.ts';
import type { MinuteCounts } from '../../src/common/minute-counts.ts';
import type { MinutesAnswer, MinutesReport } from '../../src/common/minutes-answer.ts';
import type { RowGroupUnit, ScanUnit } from '../../src/common/scan-unit.ts';
import { dayRange, NS_PER_MINUTE } from '../../src/common/time.ts';
import type { ChunkIndex } from '../index/chunk-index.ts';
import type { MinuteTable } from '../index/minute-table.ts';

/** A chunk's index and its minute counts. */
export interface ChunkMinutes {
  readonly index: ChunkIndex;
  readonly minutes: MinuteTable;
}

/** Null when the chunk has none. */
export type MinutesOf = (chunkKey: string) => Promise<ChunkMinutes | null>;

/** Chunks whose counts are read at the same time. */
const READS_MAX = 16;

/**
 * Tells row groups how many rows they have in each minute. A chunk whose counts are damaged is read instead. Units of the
 * head and of overlaps stay as they are. Errors: `unavailable`.
 */
export async function addMinutes(
  units: readonly ScanUnit[],
  minutesOf: MinutesOf,
): Promise<Omit<MinutesAnswer, 'report'> & { readonly report: Omit<MinutesReport, 'ms'> }> {
  const report = { rowGroups: 0, rows: 0, countedRows: 0, unreadable: 0 };
  const keys = [...new Set(units.flatMap((unit) => (unit.kind === 'RowGroup' ? [unit.chunkKey] : [])))];
  const chunks = new Map<string, ChunkMinutes | null>();
  for (let start = 0; start < keys.length; start += READS_MAX) {
    const batch = keys.slice(start, start + READS_MAX);
    const found = await Promise.all(batch.map((key) => readMinutes(key, minutesOf)));
    for (const [i, minutes] of found.entries()) {
      if (minutes === 'unreadable') report.unreadable++;
      chunks.set(batch[i], minutes === 'unreadable' ? null : minutes);
    }
  }
  const counted = units.map((unit): ScanUnit => {
    if (unit.kind !== 'RowGroup') return unit;
    report.rowGroups++;
    report.rows += unit.rowCount;
    const chunk = chunks.get(unit.chunkKey) ?? null;
    // Rows are excluded one by one.
    const minutes = chunk === null || unit.excluded.length > 0 ? null : minutesOfRuns(unit, chunk);
    if (minutes === null) return unit;
    report.countedRows += minutes.countedRows;
    return { ...unit, minutes: minutes.counts };
  });
  return { units: counted, report };
}

async function readMinutes(chunkKey: string, minutesOf: MinutesOf): Promise<ChunkMinutes | 'unreadable' | null> {
  try {
    return await minutesOf(chunkKey);
  } catch (error) {
    if (error instanceof SkaldError && error.code === 'corruption') return 'unreadable';
    // Replaced since the units were found.
    if (error instanceof SkaldError && error.code === 'not_found') return null;
    throw error;
  }
}

/** The cells of the unit's runs, in the arrays of the whole chunk; null when they have none. */
function minutesOfRuns(
  { runs, rowGroup }: RowGroupUnit,
  { index, minutes: table }: ChunkMinutes,
): { readonly counts: MinuteCounts; readonly countedRows: number } | null {
  const ranges = rangesOfRuns(index, rowGroup, runs.firstRow);
  const firstCell = new Uint32Array(ranges.length);
  const endCell = new Uint32Array(ranges.length);
  let countedRows = 0;
  for (const [i, range] of ranges.entries()) {
    firstCell[i] = table.firstCell[range];
    endCell[i] = table.firstCell[range + 1];
    if (firstCell[i] < endCell[i]) countedRows += runs.rowCount[i];
  }
  if (countedRows === 0) return null;
  const { minute, level, rowCount, lineBytes } = table;
  const baseMinute = Number(dayRange(index.summary.day).start / NS_PER_MINUTE);
  return { counts: { baseMinute, firstCell, endCell, minute, level, rowCount, lineBytes }, countedRows };
}

/** Numbers of the row ranges of a row group that begin at these rows, which ascend. */
function rangesOfRuns(index: ChunkIndex, rowGroup: number, firstRows: Uint32Array): number[] {
  const { groupStart, firstRow } = index.rowRanges();
  const ranges: number[] = [];
  let range = groupStart[rowGroup];
  for (const row of firstRows) {
    while (firstRow[range] < row) range++;
    ranges.push(range);
  }
  return ranges;
}
