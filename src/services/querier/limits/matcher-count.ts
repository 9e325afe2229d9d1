import { SkaldError } from '../../../common/errors.ts';
import { logExprsOf } from '../../../../grammar/visit.ts';
import type { QueryToCheck } from './query-check.ts';

/** max_streams_matchers_per_query: matchers of one selector. */
export function checkMatcherCount({ expr, limits }: QueryToCheck): void {
  const max = limits.max_streams_matchers_per_query;
  if (max === 0) return;
  for (const { selector } of logExprsOf(expr)) {
    const count = selector.matchers.length;
    if (count > max) {
      throw new SkaldError(
        'query_limit',
        `max streams matchers per query exceeded, matchers-count > limit (${count} > ${max})`,
      );
    }
  }
}
