import { formatBytes } from '../../../common/bytes.ts';
import { SkaldError } from '../../../common/errors.ts';
import type { Limits } from '../../../config/limits.ts';
import type { PhysicalPlan } from '../../../../planner/physical/plan.ts';

/**
 * max_query_bytes_read: of the lines of the selected streams in range, as Loki estimates it, even where the plan gets by
 * with less than that. A limit set for Loki refuses the same queries.
 */
export function checkBytesRead({ estimate }: PhysicalPlan, { max_query_bytes_read: max }: Limits): void {
  if (max === 0 || estimate.lineBytes <= max) return;
  throw new SkaldError(
    'query_limit',
    `the query would read too many bytes (query: ${formatBytes(estimate.lineBytes)}, limit: ${formatBytes(max)}); ` +
      'consider adding more specific stream selectors or reduce the time range of the query',
  );
}
