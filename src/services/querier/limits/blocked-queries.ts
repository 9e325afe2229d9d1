import { SkaldError } from '../../../common/errors.ts';
import { compileRegexp } from '../../../common/regexp/compile.ts';
import type { Limits } from '../../../config/limits.ts';
import { queryTypeOf, type QueryType } from '../query-type.ts';
import type { QueryToCheck } from './query-check.ts';
import { queryHash } from './query-hash.ts';

type BlockedQuery = Limits['blocked_queries'][number];

/** blocked_queries: by hash, by the whole text, or by a regular expression found in it (spec fact 205). */
export function checkBlockedQueries({ text, expr, limits }: QueryToCheck): void {
  const type = queryTypeOf(expr);
  if (limits.blocked_queries.some((blocked) => isOfType(blocked, type) && isNamed(blocked, text))) {
    throw new SkaldError('query_limit', 'query blocked by policy');
  }
}

/** `types` is a comma-separated list; none is all. */
function isOfType({ types }: BlockedQuery, type: QueryType): boolean {
  const list = types
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return list.length === 0 || list.includes(type);
}

/** A hash stands alone; without hash and pattern, everything is blocked. */
function isNamed({ pattern, regex, hash }: BlockedQuery, text: string): boolean {
  if (hash > 0) return hash === queryHash(text);
  const trimmed = text.trim();
  if (pattern === '' || pattern.trim() === trimmed) return true;
  return regex && compileRegexp(pattern).test(trimmed);
}
