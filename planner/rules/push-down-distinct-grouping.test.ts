import { describe, expect, test } from 'vitest';
import { after, refuses } from '../testing/plans.ts';
import { parserHints } from './parser-hints.ts';
import { pushDownDistinctGrouping } from './push-down-distinct-grouping.ts';

describe('PushDownDistinctGrouping', () => {
  test('below a count only the groups matter, and the parser looks for their labels', () => {
    const query = 'count(count by (user) (count_over_time({a="b"} | json | __error__="" [1m])))';
    expect(after(query, pushDownDistinctGrouping, parserHints)).toMatchInlineSnapshot(`
      "
      VectorAggregation count
      └── VectorAggregation count by (user)
          └── RangeAggregation count_over_time range=1m by (user)
              └── Filter __error__=""
                  └── Parse json needed=[__error__, user] whole-line
                      └── Scan matchers={a="b"} range=[3540.000000001s,7200.000000001s)
      "
    `);
  });

  test.each([
    ['count(sum without (pod) (rate({a="b"}[1m])))', 'rate range=1m without (pod)'],
    ['count by (x) (max by (x, y) (min_over_time({a="b"} | unwrap v [1m])))', 'range=1m by (x, y)'],
    ['count(sum(avg by (x) (quantile_over_time(0.5, {a="b"} | unwrap v [1m]))))', 'range=1m by (x)'],
  ])('%s', (query, expected) => {
    expect(after(query, pushDownDistinctGrouping)).toContain(expected);
  });

  test.each([
    'count(count_over_time({a="b"}[1m]))',
    'count(topk(3, rate({a="b"}[1m])))',
    'count(topk by (x) (3, count by (x) (rate({a="b"}[1m]))))',
    'sum(count by (x) (rate({a="b"}[1m])))',
    'count(count by (x) (rate({a="b"}[1m]) > 1))',
    'count(count by (v) (sum_over_time({a="b"} | unwrap v [1m])))',
    'count(count by (x) (avg_over_time({a="b"} | unwrap v [1m]) by (x, y)))',
    'count(count by (x) (absent_over_time({a="b"}[1m])))',
    '{a="b"}',
  ])('refuses %s', (query) => {
    expect(refuses(pushDownDistinctGrouping, query)).toBe(true);
  });
});
