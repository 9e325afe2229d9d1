import { parseQuery } from '../../grammar/parse.ts';
import type { Expr } from '../../grammar/ast.ts';
import { evaluateLogQuery, type OracleLogRow } from './log-query.ts';
import { evaluateMetricQuery, type OracleMetricResult } from './metric-query.ts';
import type { OracleOptions, OracleParams, OracleStream } from './oracle-data.ts';

export type OracleResult =
  | { readonly kind: 'Rows'; readonly rows: readonly OracleLogRow[] }
  | ({ readonly kind: 'Series' } & OracleMetricResult);

/**
 * The answer to a query, row at a time and without any thought of speed: it reads like the specification and is what the
 * engine is compared with. Throws what the query fails with: SkaldError, or the parser's LogQLError.
 */
export function evaluateQuery(
  query: string,
  data: readonly OracleStream[],
  params: OracleParams,
  options: OracleOptions = {},
): OracleResult {
  return evaluateExpr(parseQuery(query), data, params, options);
}

export function evaluateExpr(
  expr: Expr,
  data: readonly OracleStream[],
  params: OracleParams,
  options: OracleOptions = {},
): OracleResult {
  if (expr.kind === 'LogExpr') return { kind: 'Rows', rows: evaluateLogQuery(expr, data, params) };
  return { kind: 'Series', ...evaluateMetricQuery(expr, data, params, options) };
}
