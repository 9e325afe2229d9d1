import { expect, test } from 'vitest';
import { fuzzNeedles } from './skip-needles.ts';

test('no substring of a line is ever pruned from its row group', () => {
  const { missed, needles, decided, pruned, asked } = fuzzNeedles(20_000, 7);
  expect(missed).toEqual([]);
  expect(needles).toBe(20_000);
  expect(decided).toBeGreaterThan(0.6 * needles);
  // The index is of use: it would pass the above if it let everything through.
  expect(pruned).toBeGreaterThan(0.3 * asked);
});
