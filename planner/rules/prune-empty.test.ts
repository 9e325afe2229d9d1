import { describe, expect, test } from 'vitest';
import { after, refuses, logicalPlan } from '../testing/plans.ts';
import { pruneEmpty } from './prune-empty.ts';

describe('PruneEmpty', () => {
  test.each([
    '{a="b"} != ""',
    '{a="b"} | json !~ ".*"',
    '{a="b", a="c"}',
    '{a="b", a!="b"}',
    '{a="b"} | line_format "x" != ""',
  ])('%s reads nothing', (query) => {
    expect(after(query, pruneEmpty)).toContain('range=[3600s,3600s)');
  });

  test('aggregations stay', () => {
    expect(after('absent_over_time({a="b"} != "" [1m])', pruneEmpty)).toMatchInlineSnapshot(`
      "
      RangeAggregation absent_over_time range=1m
      └── Filter line not contains ""
          └── Scan matchers={a="b"} range=[3540.000000001s,3540.000000001s)
      "
    `);
  });

  test.each(['{a="b"} |= ""', '{a="b"} != "x"', '{a="b", c="d"}', '{a=~"b", a!~"b"}', '{a="b"} | c="d" | c="e"'])(
    'refuses %s',
    (query) => {
      expect(refuses(pruneEmpty, query)).toBe(true);
    },
  );

  test('refuses what is empty already', () => {
    const plan = logicalPlan('{a="b"} != ""', { startNs: 7n, endNs: 3n });
    expect(pruneEmpty.apply(plan)).toBeNull();
  });
});
