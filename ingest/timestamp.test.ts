import fc from 'fast-check';
import { expect, test } from 'vitest';
import { goTimeText, rfc3339, SECONDS_MAX, SECONDS_MIN, storeTimestamp } from './timestamp.ts';

test('storeTimestamp equals the BigInt version', () => {
  const stored = new BigInt64Array(3);
  const halves = new Int32Array(stored.buffer);
  fc.assert(
    fc.property(fc.integer({ min: SECONDS_MIN, max: SECONDS_MAX }), fc.nat(999_999_999), (seconds, nanos) => {
      storeTimestamp(halves, 1, seconds, nanos);
      expect(stored[1]).toBe(BigInt(seconds) * 1_000_000_000n + BigInt(nanos));
      expect([stored[0], stored[2]]).toEqual([0n, 0n]);
    }),
    {
      numRuns: 5_000,
      examples: [
        [SECONDS_MIN, 0],
        [SECONDS_MAX, 999_999_999],
        [-1, 999_999_999],
        [0, 0],
      ],
    },
  );
});

test('the ends of 64-bit nanoseconds', () => {
  const stored = new BigInt64Array(2);
  const halves = new Int32Array(stored.buffer);
  storeTimestamp(halves, 0, 9_223_372_036, 854_775_807);
  storeTimestamp(halves, 1, -9_223_372_037, 145_224_192);
  expect(stored).toEqual(BigInt64Array.of(2n ** 63n - 1n, -(2n ** 63n)));
});

test('texts', () => {
  expect(rfc3339(1_795_300_884)).toBe('2026-11-21T22:41:24Z');
  expect(goTimeText(1_795_311_684, 137_000_000)).toBe('2026-11-22 01:41:24.137 +0000 UTC');
  expect(goTimeText(1_795_311_684, 140_000_000)).toBe('2026-11-22 01:41:24.14 +0000 UTC');
  expect(goTimeText(1_795_311_684, 0)).toBe('2026-11-22 01:41:24 +0000 UTC');
});
