import { MetadataLengths } from '../read/metadata-length.ts';
import type { Cut } from './cut.ts';
import type { SortedRows } from './sort-rows.ts';

export interface RowGroupLimits {
  readonly rowsMax: number;
  /** A group has more only when it is a single line. */
  readonly lineBytesMax: number;
  /** From here on a group ends where a stream ends, if the next stream does not fit as a whole. */
  readonly lineBytesTarget: number;
}

export const ROW_GROUP_LIMITS: RowGroupLimits = {
  rowsMax: 65_536,
  lineBytesMax: 2 * 1024 * 1024,
  lineBytesTarget: 1024 * 1024,
};

/** Bytes of every line, in sorted order. */
export function lineLengths(cut: Cut, rows: SortedRows): Uint32Array {
  const lengths = new Uint32Array(rows.rowCount);
  for (let i = 0; i < rows.rowCount; i++) {
    const offsets = cut.blocks[rows.block[i]].block.lineOffsets;
    const row = rows.row[i];
    lengths[i] = offsets[row + 1] - offsets[row];
  }
  return lengths;
}

/** Bytes of the structured metadata of every row, in sorted order. */
export function metadataLengths(cut: Cut, rows: SortedRows): Uint32Array {
  const lengths = new Uint32Array(rows.rowCount);
  const metadata = new MetadataLengths(cut.metadataNames);
  for (let i = 0; i < rows.rowCount; i++) lengths[i] = metadata.of(cut.blocks[rows.block[i]].block, rows.row[i]);
  return lengths;
}

/** First row of every row group, and the row count at the end. */
export function planRowGroups(stream: Uint32Array, lengths: Uint32Array, limits: RowGroupLimits): number[] {
  const starts = [0];
  let groupStart = 0;
  let groupBytes = 0;
  for (let row = 0; row < stream.length;) {
    const runEnd = endOfRun(stream, row);
    const fits = rowsThatFit(
      lengths,
      row,
      runEnd,
      limits.rowsMax - (row - groupStart),
      limits.lineBytesMax - groupBytes,
    );
    const isWhole = row + fits.rows === runEnd;
    const mustClose = fits.rows === 0 || (!isWhole && groupBytes >= limits.lineBytesTarget);
    if (mustClose && row > groupStart) {
      starts.push(row);
      groupStart = row;
      groupBytes = 0;
      continue;
    }
    // A line above the limit is a group of its own.
    const take = Math.max(1, fits.rows);
    groupBytes += fits.rows > 0 ? fits.bytes : lengths[row];
    row += take;
  }
  starts.push(stream.length);
  return starts;
}

function endOfRun(stream: Uint32Array, row: number): number {
  const ordinal = stream[row];
  let end = row + 1;
  while (end < stream.length && stream[end] === ordinal) end++;
  return end;
}

function rowsThatFit(lengths: Uint32Array, row: number, end: number, rowsMax: number, bytesMax: number) {
  let bytes = 0;
  let rows = 0;
  for (const last = Math.min(end, row + rowsMax); row + rows < last; rows++) {
    const length = lengths[row + rows];
    if (bytes + length > bytesMax) break;
    bytes += length;
  }
  return { rows, bytes };
}
