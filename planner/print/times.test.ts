import { describe, expect, test } from 'vitest';
import { printRange, printSeconds, printTime } from './times.ts';

describe('times', () => {
  test.each([
    [0n, '1970-01-01T00:00:00Z'],
    [1_768_471_200_000_000_001n, '2026-01-15T10:00:00.000000001Z'],
    [1_768_471_200_500_000_000n, '2026-01-15T10:00:00.5Z'],
    [-1n, '1969-12-31T23:59:59.999999999Z'],
    [2n ** 100n, '1267650600228229401496703205376ns'],
  ])('%s is %s', (timestamp, expected) => {
    expect(printTime(timestamp, 'rfc3339')).toBe(expected);
  });

  test('as offsets', () => {
    expect(printRange({ start: 5_000_000_000n, end: 8_250_000_001n }, { originNs: 6_000_000_000n })).toBe(
      '[-1s,2.250000001s)',
    );
    expect(printSeconds(-500_000_000n)).toBe('-0.5s');
  });
});
