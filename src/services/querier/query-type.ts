import type { Expr } from '../../../grammar/ast.ts';

/** `limited` is a log query that filters nothing: it stops at its limit. */
export type QueryType = 'metric' | 'filter' | 'limited';

/** The type of a query as limits, metrics and the query log name it. */
export function queryTypeOf(expr: Expr): QueryType {
  if (expr.kind !== 'LogExpr') return 'metric';
  return expr.stages.some(({ kind }) => kind === 'LineFilter' || kind === 'LabelFilter') ? 'filter' : 'limited';
}
