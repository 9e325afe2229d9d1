import type { ByteArena } from '../batch/byte-arena.ts';
import type { LabelColumn } from '../batch/label-column.ts';
import type { TextColumn } from '../batch/text-column.ts';
import { isReplacement, unescapeJson } from './json-text.ts';

const REPLACEMENT = Buffer.from('\ufffd');

/** Whether U+FFFD is anywhere in the lines of rows `first .. last`: most batches need no look at single values. */
export function hasReplacement(line: TextColumn, first: number, last: number): boolean {
  const { values, offsets } = line;
  const view = Buffer.from(values.buffer, values.byteOffset + offsets[first], offsets[last + 1] - offsets[first]);
  // Its first byte is rare in logs, and a single byte is found many times faster than three.
  const at = view.indexOf(REPLACEMENT[0]);
  return at >= 0 && view.includes(REPLACEMENT, at);
}

/** Writes `heap[start .. end)` with U+FFFD as a space (facts 129, 137). */
export function writeWithoutReplacement(
  column: LabelColumn,
  row: number,
  heap: Uint8Array,
  start: number,
  end: number,
  arena: ByteArena,
): void {
  let found = start;
  while (found < end && !isReplacement(heap, found, end)) found++;
  if (found === end) column.writeSlice(row, heap, start, end);
  else writeCopy(column, row, heap, start, end, arena);
}

/** The same for bytes that will not stay: always a copy. */
export function writeCopy(
  column: LabelColumn,
  row: number,
  heap: Uint8Array,
  start: number,
  end: number,
  arena: ByteArena,
): void {
  const begin = arena.reserve(end - start);
  const out = arena.bytes;
  let to = begin;
  for (let pos = start; pos < end;) {
    const replaced = isReplacement(heap, pos, end);
    out[to++] = replaced ? 0x20 : heap[pos];
    pos += replaced ? 3 : 1;
  }
  arena.size = to;
  column.writeArena(row, begin, to - begin);
}

/** Writes an escaped JSON string; one with an invalid escape is the empty value (fact 129). */
export function writeUnescaped(
  column: LabelColumn,
  row: number,
  heap: Uint8Array,
  start: number,
  end: number,
  arena: ByteArena,
): void {
  const length = unescapeJson(heap, start, end, arena);
  if (length < 0) column.writeArena(row, arena.size, 0);
  else column.writeArena(row, arena.size - length, length);
}
