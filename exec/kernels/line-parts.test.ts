import { expect, test } from 'vitest';
import { Kernel } from '../../src/common/web-assembly.ts';
import type { TextColumn } from '../batch/text-column.ts';
import { FIND_SEQUENCES_WASM } from './find-sequences/find-sequences-wasm.ts';
import { compileLineFilter } from './line-filter.ts';
import { endOfPart, LINE_BYTES_MAX, placeLines } from './line-parts.ts';

/** Lines of these lengths, each of a letter of its own. */
function column(lengths: readonly number[]): TextColumn {
  const offsets = new Uint32Array(lengths.length + 1);
  lengths.forEach((length, i) => (offsets[i + 1] = offsets[i] + length));
  const values = new Uint8Array(offsets[lengths.length]);
  lengths.forEach((_, i) => values.fill(0x61 + i, offsets[i], offsets[i + 1]));
  return { offsets, values };
}

const KIB = 1 << 10;

test('parts end where the next line would not fit, and have at least one line', () => {
  const line = column([100 * KIB, 100 * KIB, 100 * KIB, 300 * KIB, 5]);
  const rows = Uint32Array.of(0, 1, 2, 3, 4);
  const ends: number[] = [];
  for (let first = 0; first < rows.length; first = ends[ends.length - 1]) ends.push(endOfPart(line, rows, first, 5));
  expect(ends).toEqual([2, 3, 4, 5]);
  expect(endOfPart(line, Uint32Array.of(0, 2), 0, 2)).toBe(1);
});

test('placed lines are at their addresses', () => {
  const line = column([3, 0, 20, 7]);
  const kernel = new Kernel<object>(FIND_SEQUENCES_WASM);
  const { lines, offsets, selection } = placeLines(kernel, line, Uint32Array.of(2, 3), 1000);
  expect([...kernel.words.subarray(selection / 4, selection / 4 + 2)]).toEqual([2, 3]);
  const [start, end] = kernel.words.subarray(offsets / 4 + 3, offsets / 4 + 5);
  expect(Buffer.from(kernel.bytes.subarray(lines + start, lines + end)).toString()).toBe('ddddddd');
});

test('a line that is too long is searched without a kernel', () => {
  const line = column([5, 5, 5, LINE_BYTES_MAX + 1]);
  expect(endOfPart(line, Uint32Array.of(3), 0, 1)).toBe(-1);
  const rows = Uint32Array.of(0, 1, 2, 3);
  const alternatives = [{ value: '[ad]{3}', ip: false }];
  const count = compileLineFilter({ kind: 'LineFilter', op: '|~', alternatives }).select(line, rows, 4, rows);
  expect([...rows.subarray(0, count)]).toEqual([0, 3]);
});
