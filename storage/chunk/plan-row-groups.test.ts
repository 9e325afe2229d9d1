import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planRowGroups } from './plan-row-groups.ts';

const limits = { rowsMax: 6, lineBytesMax: 100, lineBytesTarget: 50 };
const plan = (runs: readonly (readonly number[])[]): number[] =>
  planRowGroups(
    Uint32Array.from(runs.flatMap((lengths, stream) => lengths.map(() => stream))),
    Uint32Array.from(runs.flat()),
    limits,
  );

describe('row groups', () => {
  test('are within the limits, cover all rows, and none is empty', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 0, max: 130 }), { minLength: 1, maxLength: 15 }), { minLength: 1 }),
        (runs) => {
          const starts = plan(runs);
          const lengths = runs.flat();
          expect(starts[0]).toBe(0);
          expect(starts.at(-1)).toBe(lengths.length);
          for (let group = 0; group + 1 < starts.length; group++) {
            const rows = lengths.slice(starts[group], starts[group + 1]);
            expect(rows.length).toBeGreaterThan(0);
            expect(rows.length).toBeLessThanOrEqual(limits.rowsMax);
            const bytes = rows.reduce((sum, length) => sum + length, 0);
            if (rows.length > 1) expect(bytes).toBeLessThanOrEqual(limits.lineBytesMax);
          }
        },
      ),
    );
  });

  test('end with a stream when they are large enough and the next stream does not fit', () => {
    expect(
      plan([
        [30, 30],
        [30, 30],
      ]),
    ).toEqual([0, 2, 4]);
    expect(
      plan([
        [20, 20],
        [30, 30],
      ]),
    ).toEqual([0, 4]);
    expect(
      plan([
        [10, 10],
        [30, 30, 30],
      ]),
    ).toEqual([0, 4, 5]);
    expect(plan([[101], [1]])).toEqual([0, 1, 2]);
    expect(plan([[0, 0, 0, 0, 0, 0, 0]])).toEqual([0, 6, 7]);
  });
});
