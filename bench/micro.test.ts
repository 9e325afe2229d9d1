import { describe, expect, test } from 'vitest';
import { ALL_BENCHMARKS } from './micro/all-benchmarks.ts';
import { ROWS } from './micro/micro-benchmark.ts';

describe('micro-benchmarks do what they measure', () => {
  test.each(ALL_BENCHMARKS.map((benchmark) => [benchmark.name, benchmark] as const))('%s', async (_, benchmark) => {
    const { run, work, expected } = await benchmark.prepare(ROWS.checked);
    expect(work).toBeGreaterThan(0);
    expect(await run()).toBe(expected);
    expect(await run()).toBe(expected);
  });
});
