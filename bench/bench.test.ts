import { describe, expect, test } from 'vitest';
import { printTable } from './report/print-table.ts';
import { runBenchmark } from './run/benchmark.ts';

const small = { seed: 7, runs: 2, queries: [], quietMs: 0, progress: () => undefined };

describe('a small benchmark', () => {
  test.each([
    { kind: 'mixed', scale: 0.001, count: 20 },
    { kind: 'streams', scale: 0.01, count: 5 },
  ] as const)('$kind has $count queries, all right', { timeout: 120_000 }, async ({ kind, scale, count }) => {
    const result = await runBenchmark({ ...small, kind, scale });
    const wrong = result.queries.flatMap((query) => {
      const problem = 'error' in query ? query.error : query.difference;
      return problem === null ? [] : [`${query.id}: ${problem}`];
    });
    expect(wrong).toEqual([]);
    expect(result.queries).toHaveLength(count);
    expect(printTable(result).match(/ right$/gm)).toHaveLength(count);
  });
});
