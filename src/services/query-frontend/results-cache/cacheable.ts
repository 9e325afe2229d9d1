import { msToNs } from '../../../common/time.ts';
import type { Expr, Stage } from '../../../../grammar/ast.ts';
import { walk } from '../../../../grammar/visit.ts';
import type { QueryParams } from '../../../../planner/logical/query-params.ts';
import type { PreparedQuery } from '../../querier/prepared-query.ts';
import { reachOf, type Reach } from '../data-range.ts';

/** A query whose answer the cache may hold, step by step. */
export interface CacheableQuery {
  readonly params: QueryParams;
  readonly reach: Reach;
}

/**
 * Null for what the cache has nothing to do with: log and instant queries, queries without data, steps that are not
 * aligned because splitting is off; requests that do not want it; and expressions whose steps do not stand for
 * themselves: `label_replace` can make one series of several, `variants` numbers its series, a template with `now` has
 * another value each time.
 */
export function cacheableQuery({ request, expr, limits, params }: PreparedQuery): CacheableQuery | null {
  const isUnwanted = request.noCache === true || request.analyze === true || (request.disabledRules ?? []).length > 0;
  if (isUnwanted || params === null || params.instant || expr.kind === 'LogExpr') return null;
  if (msToNs(limits.split_queries_by_interval) === 0n || dependsOnMore(expr)) return null;
  const reach = reachOf(expr);
  return reach === null ? null : { params, reach };
}

function dependsOnMore(expr: Expr): boolean {
  let found = false;
  walk(expr, (node) => {
    if (node.kind === 'LabelReplace' || node.kind === 'Variants') found = true;
    if (node.kind === 'LineFormat' || node.kind === 'LabelFormat') found ||= readsClock(node);
  });
  return found;
}

/** Any template with the word: too many rather than too few. */
function readsClock(stage: Stage): boolean {
  return /\bnow\b/.test(JSON.stringify(stage, (_key, value: unknown) => (typeof value === 'bigint' ? '' : value)));
}
