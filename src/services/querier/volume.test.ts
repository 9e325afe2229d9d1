import { expect, test } from 'vitest';
import { splitRange } from './volume.ts';

const MS = 1_000_000n;
const SECOND = 1000n * MS;
const shown = (start: bigint, end: bigint, step: bigint | null) =>
  splitRange(start * MS, end * MS, step === null ? null : step * MS).map(({ range, timestampNs }) => [
    Number(range.start / MS),
    Number(range.end / MS),
    Number(timestampNs / MS),
  ]);

test.each([
  ['one bucket without a step', 1500n, 4000n, null, [[1500, 4000, 4000]]],
  [
    'buckets end one millisecond before multiples of the step, the last at the end',
    1500n,
    4200n,
    1000n,
    [
      [1500, 2000, 1999],
      [2000, 3000, 2999],
      [3000, 4000, 3999],
      [4000, 4200, 4200],
    ],
  ],
  [
    'an end at a multiple has no bucket of its own',
    2000n,
    4000n,
    1000n,
    [
      [2000, 3000, 2999],
      [3000, 4000, 4000],
    ],
  ],
  ['a step longer than the range', 2000n, 2500n, 60_000n, [[2000, 2500, 2500]]],
])('%s', (_, start, end, step, expected) => expect(shown(start, end, step)).toEqual(expected));

test('buckets cover the range without gap or overlap, its end included', () => {
  const buckets = splitRange(7n * SECOND, 100n * SECOND, 9n * SECOND);
  expect(buckets[0].range.start).toBe(7n * SECOND);
  expect(buckets.at(-1)?.range.end).toBe(100n * SECOND + 1n);
  for (const [i, { range }] of buckets.slice(1).entries()) expect(range.start).toBe(buckets[i].range.end);
});
