import { ANY_LEVEL } from '../../src/common/minute-counts.ts';
import type { SectionReader } from './section-reader.ts';
import { SectionWriter } from './section-writer.ts';

/** Rows and bytes by row range, minute and level, as stored (docs/format/index.md, section 130). */
export interface MinuteTable {
  /** The cells of row range i are `firstCell[i] .. firstCell[i + 1])`: none where they do not pay. */
  readonly firstCell: Uint32Array;
  /** Of the first cell of a range the end of its minute, in minutes of the day; of others what it is after the cell before. */
  readonly minute: Uint32Array;
  readonly level: Uint8Array;
  readonly rowCount: Uint32Array;
  readonly lineBytes: Uint32Array;
}

/** Minutes of a day by their ends: the first ends at midnight, which belongs to the day. */
export const MINUTE_ENDS_MAX = 24 * 60;

export function encodeMinuteTable(table: MinuteTable): Uint8Array {
  return new SectionWriter()
    .array(table.firstCell)
    .array(table.minute)
    .array(table.level)
    .array(table.rowCount)
    .array(table.lineBytes)
    .finish();
}

/** Reads the arrays of section 130 and checks them against the rows of each row range and the number of levels. Throws `corruption`. */
export function decodeMinuteTable(read: SectionReader, rowCounts: Uint32Array, levels: number): MinuteTable {
  const firstCell = read.offsets(null);
  const minute = read.uint32();
  const level = read.uint8();
  const rowCount = read.uint32();
  const lineBytes = read.uint32();
  read.sameLength('minute counts', firstCell, { length: rowCounts.length + 1 });
  read.sameLength('minute counts', minute, level, rowCount, lineBytes, { length: firstCell[firstCell.length - 1] });
  for (let range = 0; range < rowCounts.length; range++) {
    const first = firstCell[range];
    const end = firstCell[range + 1];
    if (first === end) continue;
    let rows = 0;
    let last = 0;
    for (let cell = first; cell < end; cell++) {
      rows += rowCount[cell];
      last += minute[cell];
      read.check(level[cell] <= levels || level[cell] === ANY_LEVEL, 'minute counts have a level that does not exist');
    }
    read.check(rows === rowCounts[range], 'minute counts do not add up to their row range');
    read.check(last <= MINUTE_ENDS_MAX, 'minute counts go beyond the day');
  }
  return { firstCell, minute, level, rowCount, lineBytes };
}
