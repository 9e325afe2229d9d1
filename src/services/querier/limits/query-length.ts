import { formatGoDuration, formatPrometheusDuration } from '../../../common/duration.ts';
import { SkaldError } from '../../../common/errors.ts';
import { msToNs } from '../../../common/time.ts';
import type { Limits } from '../../../config/limits.ts';
import type { QueryToCheck } from './query-check.ts';

/** max_query_length: of the range, without what its windows and offsets reach back. */
export function checkQueryLength({ params, limits }: QueryToCheck): void {
  checkLength(params.endNs - params.startNs, limits);
}

/** The same for anything that has a time range. */
export function checkLength(lengthNs: bigint, { max_query_length: maxMs }: Limits): void {
  const maxNs = msToNs(maxMs);
  if (maxNs === 0n || lengthNs <= maxNs) return;
  throw new SkaldError(
    'query_limit',
    `the query time range exceeds the limit (query length: ${formatGoDuration(lengthNs)}, ` +
      `limit: ${formatPrometheusDuration(maxNs)})`,
  );
}
