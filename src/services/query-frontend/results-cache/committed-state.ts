import { createHash } from 'node:crypto';
import { SkaldError } from '../../../common/errors.ts';
import { tenantsIn } from '../../../common/tenant.ts';
import type { TimeRange } from '../../../common/time.ts';
import type { ChunkCatalog } from '../../../../storage/catalog/chunk-catalog.ts';
import type { HeadView } from '../../../../storage/head/head-view.ts';

export interface StoredData {
  readonly chunks: Pick<ChunkCatalog, 'snapshot'>;
  readonly headOf: (tenant: string) => HeadView | null;
}

/**
 * Names what is stored of tenants in a range of time, when all of it is committed: equal names, equal data, whichever
 * process asks and when. Null while a head has entries in the range, or when an index cannot be read.
 */
export function committedState(tenants: string, range: TimeRange, { chunks, headOf }: StoredData): string | null {
  const hash = createHash('sha256');
  try {
    for (const tenant of tenantsIn(tenants)) {
      const blocks = headOf(tenant)?.blocks ?? [];
      const isInHead = ({ minTimestamp, maxTimestamp }: { minTimestamp: bigint; maxTimestamp: bigint }): boolean =>
        minTimestamp < range.end && maxTimestamp >= range.start;
      if (blocks.some(isInHead)) return null;
      const keys = chunks.snapshot(tenant, range).chunks.map(({ indexKey }) => indexKey);
      hash.update(JSON.stringify([tenant, keys.sort()]));
    }
  } catch (error) {
    if (error instanceof SkaldError) return null;
    throw error;
  }
  return hash.digest('base64url');
}
