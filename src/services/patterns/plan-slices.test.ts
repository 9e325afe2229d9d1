import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planSlices } from './plan-slices.ts';

test.each([
  [[0, 0], []],
  [[5, 0, 5], [{ first: 0, end: 3, count: 10, limit: 10 }]],
  [
    [60, 60, 0, 0, 7],
    [
      { first: 0, end: 1, count: 60, limit: 60 },
      { first: 1, end: 5, count: 67, limit: 67 },
    ],
  ],
  [
    [180, 1],
    [
      { first: 0, end: 1, count: 180, limit: 150 },
      { first: 1, end: 2, count: 1, limit: 1 },
    ],
  ],
  [
    [0, 400, 400, 200],
    [
      { first: 1, end: 2, count: 400, limit: 100 },
      { first: 2, end: 3, count: 400, limit: 100 },
      { first: 3, end: 4, count: 200, limit: 100 },
    ],
  ],
])('%j', (counts, slices) => {
  expect(planSlices(counts, { linesMax: 200, pageLines: 100, limitMax: 150, samples: 2 })).toEqual(slices);
});

test('every line is in one slice, and the limits hold', () => {
  const options = { linesMax: 1000, pageLines: 100, limitMax: 400, samples: 20 };
  fc.assert(
    fc.property(fc.array(fc.nat(500), { maxLength: 50 }), (counts) => {
      const slices = planSlices(counts, options);
      const total = counts.reduce((sum, count) => sum + count, 0);
      expect(slices.reduce((sum, { count }) => sum + count, 0)).toBe(total);
      slices.forEach(({ first, end, count, limit }, i) => {
        expect(first).toBeGreaterThanOrEqual(slices[i - 1]?.end ?? 0);
        expect(counts.slice(first, end).reduce((sum, item) => sum + item, 0)).toBe(count);
        expect(limit).toBeGreaterThan(0);
        expect(limit).toBeLessThanOrEqual(Math.min(count, 400));
      });
      // One slice more than samples for each bucket that did not fit.
      const read = slices.reduce((sum, { limit }) => sum + limit, 0);
      expect(read).toBeLessThanOrEqual(2 * options.linesMax + options.linesMax / options.samples);
    }),
  );
});
