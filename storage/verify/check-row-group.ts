import type { RowGroupUnit } from '../../src/common/scan-unit.ts';
import { areSound } from '../chunk/sound-json.ts';
import { PageReader } from '../read/page-reader.ts';
import type { UnitReader } from '../read/unit-reader.ts';
import type { UnitSource } from '../read/unit-source.ts';
import type { ReportDamage } from './damage.ts';

/**
 * Reads every page of a row group, and holds the rows against its row ranges: streams, order, first and last
 * timestamps, bytes of lines, sound JSON. `unit` has all rows. Throws `corruption` for pages that cannot be read.
 */
export async function checkRowGroup(
  unit: RowGroupUnit,
  reader: UnitReader,
  source: UnitSource,
  report: ReportDamage,
): Promise<void> {
  const where = `Chunk "${unit.chunkKey}", row group ${unit.rowGroup}`;
  for (const name of await reader.metadataNames()) await reader.metadata(name);
  const timestamps = await reader.timestamps();
  const { offsets, values } = await reader.lines();
  const { stream, firstRow, rowCount, minTimestamp, maxTimestamp, lineBytes } = unit.runs;
  const stored = await storedStreams(unit, source);
  let next = 0;
  for (let run = 0; run < stream.length; run++) {
    const first = firstRow[run];
    const end = first + rowCount[run];
    const range = `${where}, rows ${first} to ${end - 1}`;
    if (first !== next) report(`${range}: the row before belongs to no row range`);
    next = end;
    if (timestamps[first] !== minTimestamp[run] || timestamps[end - 1] !== maxTimestamp[run]) {
      report(
        `${range}: they reach from ${timestamps[first]} to ${timestamps[end - 1]}, the index says ${minTimestamp[run]} to ${maxTimestamp[run]}`,
      );
    }
    for (let row = first; row < end; row++) {
      if (stored[row] !== stream[run])
        report(`${range}: row ${row} is of stream ${stored[row]}, the index says ${stream[run]}`);
      if (row > first && timestamps[row] < timestamps[row - 1])
        report(`${range}: row ${row} is older than the row before`);
    }
    const bytes = offsets[end] - offsets[first];
    if (bytes !== lineBytes[run]) report(`${range}: lines have ${bytes} bytes, the index says ${lineBytes[run]}`);
  }
  if (next !== unit.totalRows) report(`${where}: ${unit.totalRows - next} rows at its end belong to no row range`);
  if (unit.soundJson && !areSound(values, new Int32Array(offsets.buffer, offsets.byteOffset, offsets.length))) {
    report(`${where}: it is said to have sound JSON only, and has other lines with a brace`);
  }
}

/** The column that readers of skald leave alone. */
async function storedStreams(unit: RowGroupUnit, source: UnitSource): Promise<Uint32Array> {
  const pages = new PageReader(unit.chunkKey, source, { columns: new Map(), readMs: 0 });
  const column = unit.columns.find(({ name }) => name === 'stream');
  if (column === undefined) throw pages.corrupt(0, 'column "stream" is missing');
  const [, values] = await pages.read(column);
  if (values.length !== unit.totalRows * 4) throw pages.corrupt(column.pages[1].offset, 'streams are not one per row');
  return new Uint32Array(values.buffer, values.byteOffset, unit.totalRows);
}
