import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contestedRanges } from './contested-ranges.ts';
import { mergeRanges } from './split-overlap.ts';

const LIMIT = 30;
const interval = fc
  .tuple(fc.bigInt(0n, 29n), fc.bigInt(0n, 29n))
  .map(([a, b]) => ({ minTimestamp: a < b ? a : b, maxTimestamp: a < b ? b : a }));
const all = Array.from({ length: LIMIT }, (_, i) => BigInt(i));
const isIn = (at: bigint, { minTimestamp, maxTimestamp }: { minTimestamp: bigint; maxTimestamp: bigint }): boolean =>
  minTimestamp <= at && at <= maxTimestamp;

test('contested ranges are where two sources may have entries', () => {
  const sources = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), interval), { maxLength: 8 });
  fc.assert(
    fc.property(interval, sources, (late, list) => {
      const intervals = list.map(([source, item]) => ({ source, ...item }));
      const found = contestedRanges({ stream: 7, ...late }, intervals);
      for (const at of all) {
        const names = new Set(intervals.filter((item) => isIn(at, item)).map(({ source }) => source));
        expect(found.filter((range) => isIn(at, range))).toHaveLength(isIn(at, late) && names.size > 1 ? 1 : 0);
      }
    }),
  );
});

test('merged ranges are disjoint per stream and cover the same times, cut at midnight', () => {
  const day = 86_400_000_000_000n;
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(2), interval), { maxLength: 8 }), (list) => {
      // A tick is a third of a day.
      const tick = (at: bigint): bigint => (at * day) / 3n;
      const ranges = list.map(([stream, { minTimestamp, maxTimestamp }]) => ({
        stream,
        minTimestamp: tick(minTimestamp),
        maxTimestamp: tick(maxTimestamp),
      }));
      const merged = mergeRanges(ranges);
      for (const { minTimestamp, maxTimestamp } of merged) expect(minTimestamp / day).toBe(maxTimestamp / day);
      for (const stream of [0, 1, 2]) {
        for (const at of all) {
          const isCovered = ranges.some((range) => range.stream === stream && isIn(tick(at), range));
          expect(merged.filter((range) => range.stream === stream && isIn(tick(at), range))).toHaveLength(
            isCovered ? 1 : 0,
          );
        }
      }
    }),
  );
});
