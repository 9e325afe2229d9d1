import { SkaldError } from '../../../common/errors.ts';
import type { QueryToCheck } from './query-check.ts';

/** max_entries_limit_per_query: of log queries. */
export function checkEntriesLimit({ expr, params, limits }: QueryToCheck): void {
  const max = limits.max_entries_limit_per_query;
  if (expr.kind !== 'LogExpr' || max === 0 || params.limit <= max) return;
  throw new SkaldError(
    'query_limit',
    `max entries limit per query exceeded, limit > max_entries_limit_per_query (${params.limit} > ${max})`,
  );
}
