import fc from 'fast-check';
import { expect, test } from 'vitest';
import { must } from '../../src/common/assert.ts';
import type { RowGroupUnit } from '../../src/common/scan-unit.ts';
import { optimizedPlan } from '../../planner/testing/plans.ts';
import { FixedCatalog, rowGroup } from '../../planner/testing/units.ts';
import { buildPhysicalPlan } from '../../planner/physical/build.ts';
import type { ExchangeSink } from '../../planner/physical/plan.ts';
import { firstBound } from './first-bound.ts';

const START = 3_600_000_000_000n;
const END = 7_200_000_000_000n;
const ROUNDING = 1024n;

async function rootOf(query: string, limit: number, direction: 'forward' | 'backward'): Promise<ExchangeSink> {
  const plan = optimizedPlan(query, { startNs: START, endNs: END, limit, direction });
  return must((await buildPhysicalPlan(plan, new FixedCatalog([]), 'tenant')).fragments[0]).root;
}

/** Runs with these timestamps, each in a row group of its own. */
function unitsOf(runs: readonly (readonly bigint[])[]): RowGroupUnit[] {
  return runs.map((timestamps): RowGroupUnit => {
    const sorted = [...timestamps].sort((a, b) => (a < b ? -1 : 1));
    return {
      ...rowGroup(0n, 1n),
      runs: {
        stream: Uint32Array.of(0),
        firstRow: Uint32Array.of(0),
        rowCount: Uint32Array.of(sorted.length),
        minTimestamp: BigInt64Array.of(must(sorted[0])),
        maxTimestamp: BigInt64Array.of(must(sorted.at(-1))),
        lineBytes: Float64Array.of(1),
      },
    };
  });
}

const timestamp = fc.bigInt({ min: START - 1_000_000n, max: END + 1_000_000n });
const runs = fc.array(fc.array(timestamp, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 12 });

test('the answer does not go beyond it', async () => {
  for (const direction of ['forward', 'backward'] as const) {
    for (const limit of [1, 3, 6]) {
      const root = await rootOf('{a="b"}', limit, direction);
      fc.assert(
        fc.property(runs, (all) => {
          const bound = firstBound(root, unitsOf(all));
          if (bound === null) return;
          const wanted = all.flat().filter((at) => at >= START && at < END);
          const within = wanted.filter((at) => (direction === 'forward' ? at <= bound : at >= bound));
          expect(within.length).toBeGreaterThanOrEqual(limit);
        }),
      );
    }
  }
});

test('it is near the worst entry of the answer', async () => {
  const all = [[START + 10_000n, START + 90_000n], [START + 80_000n], [START + 20_000n, START + 70_000n]];
  expect(firstBound(await rootOf('{a="b"}', 2, 'backward'), unitsOf(all))).toBe(START + 80_000n - ROUNDING);
  expect(firstBound(await rootOf('{a="b"}', 2, 'forward'), unitsOf(all))).toBe(START + 20_000n + ROUNDING);
  // The one run has so many entries, and the others have later ones.
  expect(firstBound(await rootOf('{a="b"}', 2, 'forward'), unitsOf([[START, START + 5000n], [START + 9000n]]))).toBe(
    START + 5000n + ROUNDING,
  );
});

test('nothing is known where entries may be refused or are not in the range', async () => {
  const units = unitsOf([[START + 1n], [START + 2n]]);
  expect(firstBound(await rootOf('{a="b"} |= "x"', 1, 'backward'), units)).toBeNull();
  expect(firstBound(await rootOf('{a="b"} | json | x="y"', 1, 'backward'), units)).toBeNull();
  expect(firstBound(await rootOf('sum(rate({a="b"}[1m]))', 1, 'backward'), units)).toBeNull();
  expect(firstBound(await rootOf('{a="b"}', 3, 'backward'), units)).toBeNull();
  expect(firstBound(await rootOf('{a="b"}', 1, 'backward'), unitsOf([[START - 1n], [END]]))).toBeNull();
});
