import type * as ast from '../../grammar/ast.ts';

/**
 * Loki computes a grouped average from a sum and a count:
 *
 *     avg_over_time(R | unwrap l | f [d]) by (g)
 *     → sum by (g) (sum_over_time(R | unwrap l | f [d])) / sum by (g) (count_over_time(R [d]))
 *
 * It shows in results: the count has neither the unwrap nor the filters behind it, so it counts entries without the
 * label, and errors that those filters would have removed fail the query (recorded answers). Null for what is not such
 * an average. Refused: `without`, where the count's series keep the unwrapped label and would match no sum; an average
 * over them would always be empty, which nobody can want.
 */
export function splitAverage(expr: ast.RangeAggregation): ast.BinaryOp | null {
  const { op, grouping, logRange, range } = expr;
  if (op !== 'avg_over_time' || grouping === null || grouping.without) return null;
  const grouped = (part: ast.RangeAggregation): ast.VectorAggregation => ({
    kind: 'VectorAggregation',
    op: 'sum',
    parameter: null,
    input: part,
    grouping,
    range,
  });
  const sum: ast.RangeAggregation = { ...expr, op: 'sum_over_time', grouping: null };
  const count: ast.RangeAggregation = {
    ...expr,
    op: 'count_over_time',
    grouping: null,
    logRange: { ...logRange, unwrap: null },
  };
  return {
    kind: 'BinaryOp',
    op: '/',
    left: grouped(sum),
    right: grouped(count),
    returnBool: false,
    matching: null,
    range,
  };
}
