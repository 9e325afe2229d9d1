import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countSteps, hullOf, type StepRange, unite, within, without } from './step-ranges.ts';

const range = fc
  .tuple(fc.integer({ min: -20, max: 40 }), fc.integer({ min: 0, max: 10 }))
  .map(([first, length]) => ({ first, last: first + length }));
const ranges = fc.array(range, { maxLength: 6 });

/** The plain counterpart: the steps one by one. */
function stepsOf(list: readonly StepRange[]): number[] {
  const steps = new Set<number>();
  for (const { first, last } of list) for (let step = first; step <= last; step++) steps.add(step);
  return [...steps].sort((a, b) => a - b);
}

function isList(list: readonly StepRange[]): boolean {
  return list.every(({ first, last }, i) => first <= last && (i === 0 || first > (list[i - 1]?.last ?? 0) + 1));
}

test('the same steps, sorted and apart', () => {
  fc.assert(
    fc.property(ranges, ranges, range, (some, holes, window) => {
      const list = unite(some);
      expect([isList(list), stepsOf(list)]).toEqual([true, stepsOf(some)]);
      expect(countSteps(list)).toBe(stepsOf(some).length);
      const left = without(list, holes);
      const taken = new Set(stepsOf(holes));
      expect([isList(left), stepsOf(left)]).toEqual([true, stepsOf(some).filter((step) => !taken.has(step))]);
      const inside = within(list, window);
      const wanted = stepsOf(some).filter((step) => step >= window.first && step <= window.last);
      expect([isList(inside), stepsOf(inside)]).toEqual([true, wanted]);
    }),
  );
});

test('hulls; empty ranges are none', () => {
  expect(
    hullOf(
      unite([
        { first: 5, last: 6 },
        { first: 1, last: 2 },
      ]),
    ),
  ).toEqual({ first: 1, last: 6 });
  expect(hullOf([])).toBeNull();
  expect(unite([{ first: 3, last: 2 }])).toEqual([]);
});
