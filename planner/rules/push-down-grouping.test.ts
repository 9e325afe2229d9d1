import { describe, expect, test } from 'vitest';
import { after, refuses } from '../testing/plans.ts';
import { pushDownGrouping } from './push-down-grouping.ts';

describe('PushDownGrouping', () => {
  test('rows are counted into the groups of the sum', () => {
    expect(after('sum by (app) (count_over_time({a="b"}[1m]))', pushDownGrouping)).toMatchInlineSnapshot(`
      "
      VectorAggregation sum by (app)
      └── RangeAggregation count_over_time range=1m by (app)
          └── Scan matchers={a="b"} range=[3540.000000001s,7200.000000001s)
      "
    `);
    expect(after('topk(2, sum without (pod) (rate({a="b"}[1m])))', pushDownGrouping)).toMatchInlineSnapshot(`
      "
      VectorAggregation topk parameter=2
      └── VectorAggregation sum without (pod)
          └── RangeAggregation rate range=1m without (pod)
              └── Scan matchers={a="b"} range=[3540.000000001s,7200.000000001s)
      "
    `);
  });

  test.each([
    ['sum(bytes_rate({a="b"}[1m]))', 'bytes_rate range=1m by ()'],
    ['sum(bytes_over_time({a="b"}[1m]))', 'bytes_over_time range=1m by ()'],
    ['sum by (x) (sum_over_time({a="b"} | unwrap v [1m]))', 'unwrap=v range=1m by (x)'],
    ['min by (x) (min_over_time({a="b"} | unwrap v [1m]))', 'unwrap=v range=1m by (x)'],
    ['max without (v) (max_over_time({a="b"} | unwrap v [1m]))', 'unwrap=v range=1m without (v)'],
  ])('%s', (query, expected) => {
    expect(after(query, pushDownGrouping)).toContain(expected);
  });

  test.each([
    'avg by (x) (count_over_time({a="b"}[1m]))',
    'count by (x) (rate({a="b"}[1m]))',
    'topk(3, rate({a="b"}[1m]))',
    'sum by (x) (max_over_time({a="b"} | unwrap v [1m]))',
    'max by (x) (min_over_time({a="b"} | unwrap v [1m]))',
    'max by (x) (max_over_time({a="b"} | unwrap v [1m]) by (x, y))',
    'max by (v) (max_over_time({a="b"} | unwrap v [1m]))',
    'sum(absent_over_time({a="b"}[1m]))',
    'sum by (x) (rate({a="b"}[1m]) / 2)',
    'sum by (x) (rate_counter({a="b"} | unwrap v [1m]))',
    '{a="b"}',
  ])('refuses %s', (query) => {
    expect(refuses(pushDownGrouping, query)).toBe(true);
  });
});
