import type { Expr, LogExpr, MetricExpr } from '../../grammar/ast.ts';
import { isMetricExpr, transformMetric } from '../../grammar/visit.ts';

/** The expression with every log query in it changed. */
export function mapLogExprs(expr: Expr, change: (log: LogExpr) => LogExpr): Expr {
  if (!isMetricExpr(expr)) return change(expr);
  return transformMetric(expr, (node): MetricExpr =>
    node.kind === 'RangeAggregation'
      ? { ...node, logRange: { ...node.logRange, log: change(node.logRange.log) } }
      : node,
  );
}
