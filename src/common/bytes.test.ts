import { describe, expect, test } from 'vitest';
import { formatBytes, parseBytes } from './bytes.ts';

describe('parseBytes', () => {
  test.each([
    ['512', 512],
    ['20MB', 20_000_000],
    ['20MiB', 20_971_520],
    ['1.5 kb', 1500],
    ['1,024B', 1024],
    ['2Gi', 2_147_483_648],
    ['5b', 5],
  ])('%s', (text, bytes) => expect(parseBytes(text)).toBe(bytes));

  test('refuses unknown units and missing numbers', () => {
    expect(() => parseBytes('5parsecs')).toThrow('unhandled size name: parsecs');
    expect(() => parseBytes('MB')).toThrow('strconv.ParseFloat: parsing "": invalid syntax');
  });
});

test.each([
  [5, '5 B'],
  [512, '512 B'],
  [1500, '1.5 kB'],
  [15_000_000, '15 MB'],
])('formatBytes(%d)', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
