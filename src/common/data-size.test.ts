import { describe, expect, test } from 'vitest';
import { formatDataSize, parseDataSize } from './data-size.ts';

describe('data sizes of limits', () => {
  test.each([
    ['0', 0],
    ['150', 150],
    ['150B', 150],
    ['2KB', 2048],
    ['256kb', 262_144],
    ['3M', 3_145_728],
    ['1GiB', 1_073_741_824],
    ['150GB', 161_061_273_600],
  ])('%s', (text, bytes) => {
    expect(parseDataSize(text)).toBe(bytes);
  });

  test.each(['', 'KB', '1.5MB', '-1', '1XB', '99999999PB'])('refuses %j', (text) => {
    expect(() => parseDataSize(text)).toThrow(/size/);
  });

  test.each([
    [0, '0B'],
    [150, '150B'],
    [2048, '2KB'],
    [1536 * 1024, '1536KB'],
    [3 << 20, '3MB'],
  ])('prints %d', (bytes, text) => {
    expect(formatDataSize(bytes)).toBe(text);
    expect(parseDataSize(text)).toBe(bytes);
  });
});
