import { SkaldError } from '../../../common/errors.ts';
import { compileRegexp } from '../../../common/regexp/compile.ts';
import type { Limits } from '../../../config/limits.ts';
import { parseTags } from '../query-tags.ts';
import { queryTypeOf, type QueryType } from '../query-type.ts';
import type { QueryToCheck } from './query-check.ts';
import { queryHash } from './query-hash.ts';

export const QUERY_BLOCKED = 'query blocked by policy';

type BlockedQuery = Limits['blocked_queries'][number];

/** blocked_queries: by hash, by the whole text, or by a regular expression found in it (spec fact 205). */
export function checkBlockedQueries({ text, expr, limits, tags = '' }: QueryToCheck): void {
  if (limits.blocked_queries.length === 0) return;
  const type = queryTypeOf(expr);
  const isBlocked = (blocked: BlockedQuery): boolean =>
    isOfType(blocked, type) && isTagged(blocked, tags) && isNamed(blocked, text);
  if (limits.blocked_queries.some(isBlocked)) {
    throw new SkaldError('query_limit', QUERY_BLOCKED);
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

/** Whoever asks has all of the tags, names and values in any case. */
function isTagged({ tags }: BlockedQuery, header: string): boolean {
  const own = parseTags(header);
  return Object.entries(tags).every(([name, value]) => own[name.toLowerCase()]?.toLowerCase() === value.toLowerCase());
}

/** A hash stands alone; without hash and pattern, everything is blocked. */
function isNamed({ pattern, regex, hash }: BlockedQuery, text: string): boolean {
  if (hash > 0) return hash === queryHash(text);
  const trimmed = text.trim();
  if (pattern === '' || pattern.trim() === trimmed) return true;
  return regex && compileRegexp(pattern).test(trimmed);
}
