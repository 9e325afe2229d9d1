import { expect, test } from 'vitest';
import { parseQuery } from '../../grammar/parse.ts';
import { print } from '../../grammar/print.ts';
import { splitAverage } from './split-average.ts';

const split = (query: string): string | null => {
  const expr = parseQuery(query);
  if (expr.kind !== 'RangeAggregation') throw new Error('not a range aggregation');
  const average = splitAverage(expr);
  return average === null ? null : print(average);
};

test('a grouped average is a sum over a count without the unwrap and its filters', () => {
  expect(split('avg_over_time({a="b"} | json | unwrap x | x > 1 [5m] offset 1m) by (c)')).toBe(
    '(sum by (c)(sum_over_time({a="b"} | json | unwrap x | x>1[5m] offset 1m0s)) / sum by (c)(count_over_time({a="b"} | json[5m] offset 1m0s)))',
  );
});

test('others stay', () => {
  expect(split('avg_over_time({a="b"} | unwrap x [5m])')).toBeNull();
  expect(split('avg_over_time({a="b"} | unwrap x [5m]) without (c)')).toBeNull();
  expect(split('max_over_time({a="b"} | unwrap x [5m]) by (c)')).toBeNull();
});
