import { expect, test } from 'vitest';
import { isRareByte } from './rare-byte.ts';

test('a byte is rare where samples have it once at most', () => {
  const values = new Uint8Array(1 << 20).fill(0x61);
  expect(isRareByte(0x62, values, 0, values.length)).toBe(true);
  expect(isRareByte(0x61, values, 0, values.length)).toBe(false);
  for (let i = 0; i < values.length; i += 200) values[i] = 0x62;
  expect(isRareByte(0x62, values, 0, values.length)).toBe(false);
  expect(isRareByte(0x62, values, 1, 200)).toBe(true);
  expect(isRareByte(0x62, values, 0, 400)).toBe(false);
  expect(isRareByte(0x61, values, 7, 7)).toBe(true);
});
