import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Cluster } from './drain/drain.ts';
import { tokenize } from './drain/tokenize.ts';
import { countPatterns, divide, type SliceSample } from './pattern-counts.ts';

const cluster = (text: string) => new Cluster(tokenize(text), new Set());
const [A, B] = [cluster('a'), cluster('b')];
const linesOf = (a: Record<number, number>, b: Record<number, number>) =>
  new Map([A, B].map((key, i) => [key, new Map(Object.entries([a, b][i]).map(([n, count]) => [Number(n), count]))]));

function counted(counts: number[], samples: SliceSample[]) {
  const result = countPatterns(counts, samples);
  return [A, B].map((key) => Object.fromEntries(result.get(key) ?? []));
}

test('what was read as a whole counts as it is', () => {
  const lines = linesOf({ 0: 2 }, { 0: 1, 1: 3 });
  expect(counted([3, 3], [{ first: 0, end: 2, read: 6, lines }])).toEqual([{ 0: 2 }, { 0: 1, 1: 3 }]);
});

test('of a sample, each bucket is divided as the slice is', () => {
  const sampled = { first: 0, end: 2, read: 4, lines: linesOf({ 1: 3 }, { 1: 1 }) };
  const unread = { first: 2, end: 3, read: 0, lines: linesOf({}, {}) };
  expect(counted([8, 400, 10], [sampled, unread])).toEqual([
    { 0: 6, 1: 300, 2: 8 },
    { 0: 2, 1: 100, 2: 2 },
  ]);
});

test('parts add up, and none is off by more than one', () => {
  const shares = fc.array(fc.nat(1000), { minLength: 1, maxLength: 20 }).filter((all) => all.some((n) => n > 0));
  fc.assert(
    fc.property(fc.nat(1_000_000), shares, (total, list) => {
      const parts = divide(total, new Map(list.entries()));
      const sum = list.reduce((a, b) => a + b, 0);
      expect([...parts.values()].reduce((a, b) => a + b, 0)).toBe(total);
      list.forEach((share, i) => expect(Math.abs((parts.get(i) ?? 0) - (total * share) / sum)).toBeLessThan(1));
    }),
  );
});
