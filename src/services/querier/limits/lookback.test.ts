import { describe, expect, test } from 'vitest';
import { limitsSchema, resolveLimits } from '../../../config/limits.ts';
import { clampParams, clampRange, oldestAllowed } from './lookback.ts';

const NOW = 1_000_000_000_000_000_000n;
const PARAMS = { stepNs: 1n, limit: 1, direction: 'backward', intervalNs: 0n, instant: false } as const;

test('the oldest allowed time is now minus max_query_lookback', () => {
  const oldest = (input: object) => oldestAllowed(resolveLimits(limitsSchema.parse(input), false), NOW);
  expect(oldest({})).toBeNull();
  expect(oldest({ max_query_lookback: '1h' })).toBe(NOW - 3_600_000_000_000n);
});

describe('clampParams', () => {
  const clamp = (startNs: bigint, endNs: bigint, oldest: bigint | null) =>
    clampParams({ ...PARAMS, startNs, endNs }, oldest);
  test('nothing to do', () => {
    expect(clamp(5n, 9n, null)).toMatchObject({ startNs: 5n, endNs: 9n });
    expect(clamp(5n, 9n, 5n)).toMatchObject({ startNs: 5n, endNs: 9n });
  });
  test('a start that is too old moves', () => {
    expect(clamp(5n, 9n, 7n)).toMatchObject({ startNs: 7n, endNs: 9n });
    expect(clamp(5n, 9n, 9n)).toMatchObject({ startNs: 9n, endNs: 9n });
  });
  test('wholly too old', () => expect(clamp(5n, 9n, 10n)).toBeNull());
});

test.each([
  [null, { start: 5n, end: 9n }],
  [3n, { start: 5n, end: 9n }],
  [7n, { start: 7n, end: 9n }],
  [10n, { start: 9n, end: 9n }],
])('clampRange to %s', (oldest, range) => expect(clampRange({ start: 5n, end: 9n }, oldest)).toEqual(range));
