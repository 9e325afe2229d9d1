import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lowerBoundTime, rangesByStream, subtractRanges } from './time-ranges.ts';

const LIMIT = 30;
const interval = fc
  .tuple(fc.bigInt(0n, 29n), fc.bigInt(0n, 29n))
  .map(([a, b]) => ({ minTimestamp: a < b ? a : b, maxTimestamp: a < b ? b : a }));
const all = Array.from({ length: LIMIT }, (_, i) => BigInt(i));
const isIn = (at: bigint, { minTimestamp, maxTimestamp }: { minTimestamp: bigint; maxTimestamp: bigint }): boolean =>
  minTimestamp <= at && at <= maxTimestamp;

test('subtracting ranges leaves what is in none of them', () => {
  fc.assert(
    fc.property(interval, fc.array(interval, { maxLength: 5 }), ({ minTimestamp: start, maxTimestamp: end }, list) => {
      const excluded = rangesByStream(list.map((item) => ({ stream: 0, ...item }))).get(0) ?? [];
      const parts = subtractRanges({ start, end }, excluded);
      for (const at of all) {
        const expected = at >= start && at < end && !list.some((item) => isIn(at, item));
        expect(parts.filter((part) => at >= part.start && at < part.end)).toHaveLength(expected ? 1 : 0);
      }
    }),
  );
});

test('the lower bound is the first that is not before', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt(0n, 20n)), fc.bigInt(0n, 21n), (values, bound) => {
      const sorted = BigInt64Array.from(values).sort();
      const expected = sorted.findIndex((value) => value >= bound);
      expect(lowerBoundTime(sorted, 0, sorted.length, bound)).toBe(expected < 0 ? sorted.length : expected);
    }),
  );
});
