import { formatPrometheusDuration } from '../../../common/duration.ts';
import { SkaldError } from '../../../common/errors.ts';
import { msToNs } from '../../../common/time.ts';
import { logRangesOf } from '../../../../grammar/visit.ts';
import type { QueryToCheck } from './query-check.ts';

/** max_query_range: of every range vector; the last one that is too long is named (spec fact 213). */
export function checkRangeIntervals({ expr, limits }: QueryToCheck): void {
  const maxNs = msToNs(limits.max_query_range);
  if (maxNs === 0n) return;
  const tooLong = logRangesOf(expr).findLast(({ intervalNs }) => intervalNs > maxNs);
  if (tooLong === undefined) return;
  throw new SkaldError(
    'query_limit',
    `[interval] value exceeds limit: [${formatPrometheusDuration(tooLong.intervalNs)}] > ` +
      `[${formatPrometheusDuration(maxNs)}]`,
  );
}
