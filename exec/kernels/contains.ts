import type { TextColumn } from '../batch/text-column.ts';
import { isDense, type LineTest, type RowTest } from './row-test.ts';

/** Rows that contain `needle` (at least one byte), byte for byte. */
export function containsTest(needle: Uint8Array): RowTest {
  const bytes = Buffer.from(needle);
  return {
    mark: (line, selection, count, marks) => {
      if (count === 0) return;
      if (isDense(line, selection, count)) markDense(bytes, line, selection, count, marks);
      else markSparse(bytes, line, selection, count, marks);
    },
  };
}

/**
 * One search over the whole region of the selected rows; hits are mapped to rows by the offsets. The plain version is
 * one search per row, which costs a call and a view per row.
 */
function markDense(
  needle: Buffer,
  { offsets, values }: TextColumn,
  selection: Uint32Array,
  count: number,
  marks: Uint8Array,
): void {
  const region = Buffer.from(values.buffer, values.byteOffset, offsets[selection[count - 1] + 1]);
  const target = needle.length === 1 ? needle[0] : needle;
  let i = 0;
  for (let from = offsets[selection[0]]; ;) {
    const hit = region.indexOf(target, from);
    if (hit < 0) return;
    while (i < count && offsets[selection[i] + 1] <= hit) i++;
    if (i === count) return;
    const start = offsets[selection[i]];
    const end = offsets[selection[i] + 1];
    if (hit < start) from = start;
    else if (hit + needle.length > end) from = hit + 1;
    else {
      marks[i] = 1;
      from = end;
    }
  }
}

function markSparse(
  needle: Uint8Array,
  { offsets, values }: TextColumn,
  selection: Uint32Array,
  count: number,
  marks: Uint8Array,
): void {
  for (let i = 0; i < count; i++) {
    const row = selection[i];
    if (marks[i] === 0 && indexOfBytes(values, offsets[row], offsets[row + 1], needle) >= 0) marks[i] = 1;
  }
}

/** First position of `needle` in `values[start .. end)`, -1 when it is not there. */
export function indexOfBytes(values: Uint8Array, start: number, end: number, needle: Uint8Array): number {
  const length = needle.length;
  if (length === 0) return start;
  const first = needle[0];
  const last = end - length;
  for (let at = start; at <= last; at++) {
    if (values[at] !== first) continue;
    let i = 1;
    while (i < length && values[at + i] === needle[i]) i++;
    if (i === length) return at;
  }
  return -1;
}

export function equalsTest(text: Uint8Array): LineTest {
  return (values, start, end) => end - start === text.length && matchesAt(values, start, text);
}

export function prefixTest(text: Uint8Array): LineTest {
  return (values, start, end) => end - start >= text.length && matchesAt(values, start, text);
}

export function suffixTest(text: Uint8Array): LineTest {
  return (values, start, end) => end - start >= text.length && matchesAt(values, end - text.length, text);
}

function matchesAt(values: Uint8Array, at: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (values[at + i] !== text[i]) return false;
  return true;
}
