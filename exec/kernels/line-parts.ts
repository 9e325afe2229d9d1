import type { TextColumn } from '../batch/text-column.ts';
import type { Kernel } from '../../src/common/web-assembly.ts';

/** Lines are copied to a kernel in parts that stay in the processor's cache, unless one line is longer. */
const PART_BYTES_MAX = 256 << 10;
/** Longer lines are not copied: a kernel keeps the memory of its largest part. */
export const LINE_BYTES_MAX = 4 << 20;
/** Bytes after the lines that a kernel may read. */
const SLACK_BYTES = 64;
const ALIGNMENT = 16;

/** Addresses in a kernel's memory. Of row 0 and of offset 0, wherever those would be. */
export interface PlacedLines {
  readonly lines: number;
  readonly offsets: number;
  readonly selection: number;
}

/** Number of the row after the part that begins with row number `first` of `selection[0 .. count)`; -1: its line is too long. */
export function endOfPart({ offsets }: TextColumn, selection: Uint32Array, first: number, count: number): number {
  const from = offsets[selection[first]];
  let next = first + 1;
  while (next < count && offsets[selection[next] + 1] - from <= PART_BYTES_MAX) next++;
  return offsets[selection[next - 1] + 1] - from > LINE_BYTES_MAX ? -1 : next;
}

/** Copies the lines from the first of `rows` to the last, with offsets and rows, to the memory from `at` (of whole words) on. */
export function placeLines(kernel: Kernel<object>, line: TextColumn, rows: Uint32Array, at: number): PlacedLines {
  const { offsets, values } = line;
  const firstRow = rows[0];
  const endRow = rows[rows.length - 1] + 1;
  const from = offsets[firstRow];
  const to = offsets[endRow];
  const rowsAt = at + 4 * (endRow - firstRow + 1);
  const linesAt = aligned(rowsAt + 4 * rows.length);
  kernel.makeRoom(linesAt + (to - from) + SLACK_BYTES);
  kernel.words.set(offsets.subarray(firstRow, endRow + 1), at / 4);
  kernel.words.set(rows, rowsAt / 4);
  kernel.bytes.set(values.subarray(from, to), linesAt);
  return { lines: linesAt - from, offsets: at - 4 * firstRow, selection: rowsAt };
}

/** The next address for data of 16 bytes. */
export function aligned(address: number): number {
  return Math.ceil(address / ALIGNMENT) * ALIGNMENT;
}
