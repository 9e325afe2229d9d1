import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_GROUPS } from './group-list.ts';
import { bucketGrid, bucketOf } from './bucket-grid.ts';
import { type NumberedValues, ValuesByGroup } from './value-windows.ts';

const GROUPS = 3;

test('windows have the values of their group whose times lie in them', () => {
  const sample = fc.record({ group: fc.nat(GROUPS - 1), at: fc.bigInt({ min: -20n, max: 60n }) });
  const ns = fc.bigInt({ min: 1n, max: 25n });
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 40 }), ns, ns, fc.nat(8), (samples, rangeNs, stepNs, steps) => {
      const times = { startNs: 0n, endNs: stepNs * BigInt(steps), stepNs };
      const grid = bucketGrid(times, rangeNs, 0n);
      const placed = samples
        .map((row, i) => ({ ...row, i, bucket: bucketOf(grid, row.at) }))
        .filter((row) => row.bucket >= 0);
      // Two workers, of which the second has the groups by other numbers.
      const part = (rows: typeof placed, numbers: readonly number[]): NumberedValues => ({
        partial: {
          kind: 'Values',
          groups: NO_GROUPS,
          count: rows.length,
          group: Uint32Array.from(rows, ({ group }) => numbers.indexOf(group)),
          bucket: Uint32Array.from(rows, ({ bucket }) => bucket),
          value: Float64Array.from(rows, ({ i }) => i),
        },
        groups: Uint32Array.from(numbers),
      });
      const half = placed.length >> 1;
      const parts = [part(placed.slice(0, half), [0, 1, 2]), part(placed.slice(half), [2, 0, 1])];
      const grouped = new ValuesByGroup(parts, GROUPS, grid);
      for (let g = 0; g < GROUPS; g++) {
        const found = new Map<number, number[]>();
        grouped.forEachWindow(g, (k, { values, first, end }) => {
          found.set(
            k,
            [...values.subarray(first, end)].sort((a, b) => a - b),
          );
        });
        for (let k = 0; k <= steps; k++) {
          const end = BigInt(k) * stepNs;
          const inside = samples.flatMap(({ group, at }, i) =>
            group === g && at > end - rangeNs && at <= end ? [i] : [],
          );
          expect(found.get(k) ?? []).toEqual(inside);
        }
      }
    }),
  );
});
