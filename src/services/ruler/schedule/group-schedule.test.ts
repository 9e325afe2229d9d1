import fc from 'fast-check';
import { expect, test } from 'vitest';
import { followingEvaluation, groupOffsetNs, nextEvaluationNs } from './group-schedule.ts';

const positive = fc.bigInt({ min: 1n, max: 10n ** 14n });
const time = fc.bigInt({ min: 0n, max: 2n * 10n ** 18n });

test('the next evaluation is the first aligned time', () => {
  fc.assert(
    fc.property(time, positive, fc.nat(), (from, interval, seed) => {
      const offset = BigInt(seed) % interval;
      const next = nextEvaluationNs(from, interval, offset);
      expect((next - offset) % interval).toBe(0n);
      expect(next >= from && next - interval < from).toBe(true);
    }),
  );
});

test('a group keeps its offset, other groups have others', () => {
  const minute = 60_000_000_000n;
  const offsets = Array.from({ length: 100 }, (_, i) =>
    groupOffsetNs({ tenant: 't', namespace: 'n', name: `g${i}` }, minute),
  );
  expect(groupOffsetNs({ tenant: 't', namespace: 'n', name: 'g7' }, minute)).toBe(offsets[7]);
  expect(new Set(offsets).size).toBe(100);
  expect(offsets.every((offset) => offset >= 0n && offset < minute)).toBe(true);
});

test.each([
  ['in time', 100n, 105n, { timeNs: 110n, missed: 0 }],
  ['just over', 100n, 110n, { timeNs: 110n, missed: 0 }],
  ['late', 100n, 119n, { timeNs: 110n, missed: 0 }],
  ['too late for two', 100n, 135n, { timeNs: 130n, missed: 2 }],
  ['clock a little back', 100n, 95n, { timeNs: 110n, missed: 0 }],
  ['clock far back', 1000n, 105n, { timeNs: 110n, missed: 0 }],
])('%s', (_, last, now, expected) => expect(followingEvaluation(last, now, 10n)).toEqual(expected));
