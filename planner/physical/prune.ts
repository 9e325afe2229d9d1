import type { Labels } from '../../src/common/labels.ts';
import type { ScanUnit } from '../../src/common/scan-unit.ts';
import type { Scan } from '../logical/plan.ts';
import type { Catalog } from './catalog.ts';
import type { Fragment } from './plan.ts';

/**
 * Asks the catalog which units lack what the scan requires. After the lookup, not with it: scans that share a lookup,
 * so that they see the same entries, may require different things.
 */
export async function prune(
  { requires = [] }: Scan,
  streams: readonly Labels[],
  units: readonly ScanUnit[],
  catalog: Catalog,
): Promise<Pick<Fragment, 'units' | 'pruning'>> {
  if (requires.length === 0 || catalog.prune === undefined) return { units };
  const { units: kept, report } = await catalog.prune({ requirements: requires, streams, units });
  return { units: kept, pruning: { requires, report } };
}
