import fc from 'fast-check';
import { expect, test } from 'vitest';
import { selectRank } from './select-rank.ts';

const value = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, 1, 2, Infinity, -Infinity));

test('what a sort would put at the rank is there, with nothing greater before and nothing less behind it', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), fc.nat(), fc.nat(3), (list, at, margin) => {
      const outside = new Array<number>(margin).fill(NaN);
      const values = Float64Array.from([...outside, ...list, ...outside]);
      const rank = at % list.length;
      selectRank(values, margin, margin + list.length, margin + rank);
      const inside = [...values.subarray(margin, margin + list.length)];
      const sorted = list.toSorted((a, b) => a - b);
      expect(inside[rank] === sorted[rank]).toBe(true);
      expect(inside.slice(0, rank).every((other) => other <= sorted[rank])).toBe(true);
      expect(inside.slice(rank).every((other) => other >= sorted[rank])).toBe(true);
      expect(inside.toSorted((a, b) => a - b).map((x) => x + 0)).toEqual(sorted.map((x) => x + 0));
    }),
  );
});

test('values in order, in reverse order and all the same', () => {
  for (const list of [
    Float64Array.from({ length: 1000 }, (_, i) => i),
    Float64Array.from({ length: 1000 }, (_, i) => 999 - i),
    new Float64Array(1000).fill(500),
  ]) {
    selectRank(list, 0, 1000, 500);
    expect(list[500]).toBe(500);
  }
});
