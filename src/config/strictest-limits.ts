import type { Limits } from './limits.ts';

/** Where 0 means none, and less is stricter. */
const SMALLEST = [
  'max_query_series',
  'max_query_lookback',
  'max_query_length',
  'max_query_range',
  'max_streams_matchers_per_query',
  'max_concurrent_tail_requests',
  'max_entries_limit_per_query',
  'query_timeout',
  'max_query_bytes_read',
  'split_queries_by_interval',
  'volume_max_series',
] as const satisfies readonly (keyof Limits)[];

/**
 * The limits of a query over several tenants: of every query limit the smallest that one of them has (spec fact 208),
 * what any of them requires, what any of them blocks. Write limits are those of the first: nothing is written so.
 */
export function strictestLimits(first: Limits, others: readonly Limits[]): Limits {
  const all = [first, ...others];
  const smallest: Partial<Record<(typeof SMALLEST)[number], number>> = {};
  for (const name of SMALLEST) smallest[name] = smallestPositive(all.map((limits) => limits[name]));
  return {
    ...first,
    ...smallest,
    required_labels: [...new Set(all.flatMap((limits) => limits.required_labels))],
    minimum_labels_number: Math.max(...all.map((limits) => limits.minimum_labels_number)),
    blocked_queries: all.flatMap((limits) => limits.blocked_queries),
    max_cache_freshness_per_query: Math.max(...all.map((limits) => limits.max_cache_freshness_per_query)),
    volume_enabled: all.every((limits) => limits.volume_enabled),
  };
}

function smallestPositive(values: readonly number[]): number {
  const positive = values.filter((value) => value > 0);
  return positive.length === 0 ? 0 : Math.min(...positive);
}
