import { ANY_LEVEL, NO_LEVEL } from '../../src/common/minute-counts.ts';
import { dayRange } from '../../src/common/time.ts';
import { decodeUtf8 } from '../../src/common/utf8.ts';
import type { ChunkIndex } from '../index/chunk-index.ts';
import type { MinuteTable } from '../index/minute-table.ts';
import type { UnitReader } from '../read/unit-reader.ts';
import type { ReportDamage } from './damage.ts';

const NS_PER_MINUTE = 60_000_000_000n;

/** Counts the rows of a row group again and holds them against its minute counts (docs/format/index.md, section 130). */
export async function checkMinuteCounts(
  index: ChunkIndex,
  rowGroup: number,
  table: MinuteTable,
  reader: UnitReader,
  report: ReportDamage,
): Promise<void> {
  const { groupStart, firstRow, rowCount } = index.rowRanges();
  const levelOf = await levelsOf(index, reader);
  const timestamps = await reader.timestamps();
  const { offsets } = await reader.lines();
  const { start } = dayRange(index.summary.day);
  for (let range = groupStart[rowGroup]; range < groupStart[rowGroup + 1]; range++) {
    const said = cellsOf(table, range);
    if (said.size === 0) continue;
    const isOfAllLevels = table.level[table.firstCell[range]] === ANY_LEVEL;
    const found = new Map<string, string>();
    const totals = new Map<string, [rows: number, bytes: number]>();
    for (let row = firstRow[range]; row < firstRow[range] + rowCount[range]; row++) {
      const minute = Number((timestamps[row] - start + NS_PER_MINUTE - 1n) / NS_PER_MINUTE);
      const key = `${minute}/${isOfAllLevels ? ANY_LEVEL : levelOf(row)}`;
      const [rows, bytes] = totals.get(key) ?? [0, 0];
      totals.set(key, [rows + 1, bytes + offsets[row + 1] - offsets[row]]);
    }
    for (const [key, [rows, bytes]] of totals) found.set(key, `${rows} rows of ${bytes} bytes`);
    for (const key of new Set([...said.keys(), ...found.keys()])) {
      if (said.get(key) === found.get(key)) continue;
      report(
        `Index "${index.key}": of row range ${range}, minute/level ${key} has ${found.get(key) ?? 'no rows'}, ` +
          `the counts say ${said.get(key) ?? 'no rows'}`,
      );
    }
  }
}

function cellsOf({ firstCell, minute, level, rowCount, lineBytes }: MinuteTable, range: number): Map<string, string> {
  const cells = new Map<string, string>();
  let end = 0;
  for (let cell = firstCell[range]; cell < firstCell[range + 1]; cell++) {
    end += minute[cell];
    cells.set(`${end}/${level[cell]}`, `${rowCount[cell]} rows of ${lineBytes[cell]} bytes`);
  }
  return cells;
}

/** Level number by row. */
async function levelsOf(index: ChunkIndex, reader: UnitReader): Promise<(row: number) => number> {
  const column = index.columns().find(({ name }) => name === 'level');
  const numbers = new Map((column?.dictionary ?? []).map((text, i) => [text, i + 1]));
  const levels = await reader.metadata('detected_level');
  return (row) => {
    if (levels === null || levels.length[row] < 0) return NO_LEVEL;
    const at = levels.start[row];
    return numbers.get(decodeUtf8(levels.values, at, at + levels.length[row])) ?? NO_LEVEL;
  };
}
