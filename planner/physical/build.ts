import { must } from '../../src/common/assert.ts';
import type { LogicalPlan } from '../logical/plan.ts';
import type { Catalog } from './catalog.ts';
import { draftPlan } from './draft.ts';
import { addEstimates, NOTHING_READ } from './estimate.ts';
import { findUnits } from './find-units.ts';
import type { PhysicalPlan } from './plan.ts';

/**
 * A plan that can run: the logical plan cut at exchanges, each fragment with the units that its scan has to read and an
 * estimate of them. The catalog is asked once per distinct selection; errors are the catalog's.
 */
export async function buildPhysicalPlan(logical: LogicalPlan, catalog: Catalog, tenant: string): Promise<PhysicalPlan> {
  const { root, drafts } = draftPlan(logical);
  const found = await findUnits(drafts, catalog, tenant);
  const fragments = drafts.map((draft, id) => ({ id, root: draft.root, ...must(found[id]) }));
  return { root, fragments, estimate: fragments.map(({ estimate }) => estimate).reduce(addEstimates, NOTHING_READ) };
}
