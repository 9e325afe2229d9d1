import { expect, test } from 'vitest';
import { keptLength } from './line-size.ts';

test.each([
  ['fits', 'abcde', 5, 0, 5],
  ['is cut', 'abcdefg', 5, 0, 5],
  ['leaves room for the identifier', 'abcdefg', 5, 2, 3],
  ['keeps whole characters', 'abc日本', 5, 0, 3],
  ['cuts between characters', 'abc日本', 6, 0, 6],
  ['a limit smaller than the first character', '日本', 2, 0, 0],
])('%s', (_, line, max, identifier, kept) => {
  const bytes = Buffer.from(`>${line}<`);
  expect(keptLength(bytes, 1, bytes.length - 1, max, identifier)).toBe(kept);
});

test('a line of continuation bytes is cut all the same', () => {
  expect(keptLength(new Uint8Array(100).fill(0x80), 0, 100, 50, 0)).toBe(47);
});
