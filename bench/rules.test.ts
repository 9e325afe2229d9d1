import { expect, test } from 'vitest';
import { runRulesBenchmark } from './run/rules-benchmark.ts';

test('a small benchmark of rules evaluates all of them', { timeout: 120_000 }, async () => {
  const { cycles, lineBytes } = await runRulesBenchmark({
    ...{ rules: 20, intervalMs: 3000, cycles: 1, lines: 5000, seed: 7, quietMs: 0 },
    progress: () => undefined,
  });
  expect(lineBytes).toBeGreaterThan(0);
  expect(cycles[0].failures).toBe(0);
  expect(cycles[0].evaluations).toBeGreaterThan(0);
});
