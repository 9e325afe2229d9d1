import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseQuery } from '../grammar/parse.ts';
import type { Clock } from '../src/common/runtime.ts';
import { planQuery } from './plan-query.ts';
import { PARAMS, text } from './testing/plans.ts';
import { anyQuery } from './testing/queries.ts';
import { FixedCatalog, rowGroup } from './testing/units.ts';
import { DEFAULT_RULES } from './rules/default-rules.ts';

/** One and a half milliseconds pass between two looks. */
function steppingClock(): Clock {
  let ms = 0;
  return { nowNs: () => 0n, nowMs: () => 0, monotonicMs: () => (ms += 1.5) };
}

function plan(query: string, disabledRules?: readonly string[]) {
  const catalog = new FixedCatalog([rowGroup(4000n, 5000n)]);
  const options = { catalog, tenant: 'tenant', clock: steppingClock() };
  return planQuery(parseQuery(query), PARAMS, disabledRules === undefined ? options : { ...options, disabledRules });
}

describe('planQuery', () => {
  test('tells how the plan came about', async () => {
    const planned = await plan('{app="api"} |= "x" | json');
    expect(planned.rulesFired).toEqual([
      'PushDownLineFilter',
      'PushDownLimit',
      'PruneBySkipIndex',
      'PushDownProjection',
    ]);
    expect(planned.steps.map(({ rule }) => rule)).toEqual(planned.rulesFired);
    expect(planned.steps.at(-1)?.plan).toBe(planned.optimized);
    expect(text(planned.logical)).not.toBe(text(planned.optimized));
    expect(planned.physical.fragments[0].units.length).toBe(1);
    expect(planned.planMs).toBe(1.5);
  });

  test('without some rules', async () => {
    const planned = await plan('{app="api"} |= "x" | json', ['PushDownLimit']);
    expect(planned.rulesFired).toEqual(['PushDownLineFilter', 'PruneBySkipIndex']);
  });

  test('refuses rules that do not exist', async () => {
    await expect(plan('{app="api"}', ['Nothing'])).rejects.toMatchObject({ code: 'bad_request' });
  });

  test('plans any query with any rules switched off', async () => {
    const off = fc.subarray(DEFAULT_RULES.map(({ name }) => name));
    await fc.assert(
      fc.asyncProperty(anyQuery, off, async (query, disabled) => {
        const planned = await plan(query, disabled);
        for (const name of disabled) expect(planned.rulesFired).not.toContain(name);
      }),
    );
  });
});
