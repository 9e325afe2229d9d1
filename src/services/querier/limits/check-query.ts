import { checkBlockedQueries } from './blocked-queries.ts';
import { checkEntriesLimit } from './entries-limit.ts';
import { checkMatcherCount } from './matcher-count.ts';
import type { QueryCheck, QueryToCheck } from './query-check.ts';
import { checkQueryLength } from './query-length.ts';
import { checkRangeIntervals } from './range-intervals.ts';
import { checkRequiredLabels } from './required-labels.ts';

/** In the order in which Loki refuses a query that is over several limits. */
const CHECKS: readonly QueryCheck[] = [
  checkEntriesLimit,
  checkRequiredLabels,
  checkQueryLength,
  checkBlockedQueries,
  checkRangeIntervals,
  checkMatcherCount,
];

/** What can be checked of a query before it is planned. Throws SkaldError `query_limit`. */
export function checkQuery(query: QueryToCheck): void {
  for (const check of CHECKS) check(query);
}
