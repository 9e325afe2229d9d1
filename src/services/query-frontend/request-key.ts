import { print } from '../../../grammar/print.ts';
import type { PreparedQuery } from '../querier/prepared-query.ts';

/**
 * Queries with equal keys have equal answers, as far as the data is the same. What does not show in the answer is not
 * part of it: the direction and the limit of a metric query, the step of a log query, spaces.
 */
export function requestKey({ request, expr, limits, params }: PreparedQuery): string {
  const own = params ?? request.params;
  const { startNs, endNs, stepNs, limit, direction, intervalNs, splitNs = 0n, instant } = own;
  const isLog = expr.kind === 'LogExpr';
  return JSON.stringify([
    request.tenant,
    print(expr),
    params === null,
    String(startNs),
    String(endNs),
    ...(isLog ? [limit, direction, String(intervalNs), String(splitNs)] : [String(stepNs), instant]),
    limits.max_query_series,
    limits.query_timeout,
    request.analyze ?? false,
    request.disabledRules ?? [],
    request.noCache ?? false,
  ]);
}
