import type { MetricExpr, RangeAggregation } from '../../grammar/ast.ts';

/**
 * The expression with each `avg_over_time(...) by (...)` as the quotient that Loki makes of it to run it in shards: the
 * count lost the unwrap and its filters, so that lines without the label count, and errors of the unwrap do not.
 */
export function averageAsShards(expr: MetricExpr): MetricExpr {
  switch (expr.kind) {
    case 'RangeAggregation':
      return expr.op === 'avg_over_time' && expr.grouping?.without === false ? quotient(expr) : expr;
    case 'VectorAggregation':
    case 'LabelReplace':
      return { ...expr, input: averageAsShards(expr.input) };
    case 'BinaryOp':
      return { ...expr, left: averageAsShards(expr.left), right: averageAsShards(expr.right) };
    default:
      return expr;
  }
}

function quotient(expr: RangeAggregation): MetricExpr {
  const { range, grouping, logRange } = expr;
  const sums: RangeAggregation = { ...expr, op: 'sum_over_time', grouping: null };
  const counts: RangeAggregation = {
    ...expr,
    op: 'count_over_time',
    grouping: null,
    logRange: { ...logRange, unwrap: null },
  };
  const sumOf = (input: RangeAggregation): MetricExpr => ({
    kind: 'VectorAggregation',
    op: 'sum',
    parameter: null,
    input,
    grouping,
    range,
  });
  return {
    kind: 'BinaryOp',
    op: '/',
    left: sumOf(sums),
    right: sumOf(counts),
    returnBool: false,
    matching: null,
    range,
  };
}
