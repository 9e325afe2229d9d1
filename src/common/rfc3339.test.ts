import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatRfc3339Nano, parseRfc3339 } from './rfc3339.ts';

test.each([
  ['2018-12-18T08:28:06.801064-04:00', 1_545_136_086_801_064_000n],
  ['2026-01-15T10:00:00Z', 1_768_471_200_000_000_000n],
  ['2026-01-15T10:00:00.1234567899Z', 1_768_471_200_123_456_789n],
  ['1969-12-31T23:59:59.5Z', -500_000_000n],
  ['2024-02-29T23:59:59-12:00', 1_709_294_399_000_000_000n],
])('%s', (text, ns) => expect(parseRfc3339(text)).toBe(ns));

test.each([
  '',
  '2026-01-15',
  '2026-01-15T10:00:00',
  '2026-13-15T10:00:00Z',
  '2026-02-30T10:00:00Z',
  '2025-02-29T10:00:00+01:00',
  '2026-01-15T24:00:00Z',
  '2026-01-15T10:00:60Z',
  '1768471200',
])('%s is no time', (text) => expect(parseRfc3339(text)).toBeNull());

test('every nanosecond survives', () => {
  const ns = fc.bigInt({ min: -62_135_596_800n * 1_000_000_000n, max: 9_223_372_036_854_775_807n });
  fc.assert(fc.property(ns, (value) => parseRfc3339(formatRfc3339Nano(value)) === value));
  expect(formatRfc3339Nano(1_768_471_200_120_000_000n)).toBe('2026-01-15T10:00:00.12Z');
});
