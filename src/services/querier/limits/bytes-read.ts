import { formatBytes } from '../../../common/bytes.ts';
import { SkaldError } from '../../../common/errors.ts';
import type { Limits } from '../../../config/limits.ts';
import type { LogicalPlan } from '../../../../planner/logical/plan.ts';
import { scansOf } from '../../../../planner/logical/visit.ts';
import type { MetadataCatalog } from '../catalog/log-catalog.ts';

/**
 * max_query_bytes_read: of what is stored of the selected streams in the range of each selector, windows and offsets
 * among it. As Loki estimates it, even where the plan gets by with less: a limit set for Loki refuses the same queries.
 */
export async function checkBytesRead(
  plan: LogicalPlan,
  tenant: string,
  { max_query_bytes_read: max }: Limits,
  catalog: MetadataCatalog,
): Promise<void> {
  if (max === 0) return;
  const scans = scansOf(plan).filter(({ range }) => range.start < range.end);
  const sizes = await Promise.all(scans.map(({ matchers, range }) => catalog.stats({ tenant, matchers, range })));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= max) return;
  throw new SkaldError(
    'query_limit',
    `the query would read too many bytes (query: ${formatBytes(total)}, limit: ${formatBytes(max)}); ` +
      'consider adding more specific stream selectors or reduce the time range of the query',
  );
}
