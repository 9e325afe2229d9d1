import { must } from '../../src/common/assert.ts';
import type { LogicalPlan } from '../logical/plan.ts';
import { scansOf } from '../logical/visit.ts';
import { addMinutes } from './add-minutes.ts';
import type { Catalog } from './catalog.ts';
import { draftPlan } from './draft.ts';
import { addEstimates, estimate, NOTHING_READ } from './estimate.ts';
import { lookUp, unitsToRead } from './look-up.ts';
import { narrowToStreams } from './narrow-to-streams.ts';
import type { Fragment, PhysicalPlan } from './plan.ts';
import { prune } from './prune.ts';

/**
 * A plan that can run: the logical plan cut at exchanges, each fragment with the units that its scan has to read and an
 * estimate of them. The catalog is asked once per distinct selection; errors are the catalog's.
 */
export async function buildPhysicalPlan(logical: LogicalPlan, catalog: Catalog, tenant: string): Promise<PhysicalPlan> {
  const answers = await lookUp(scansOf(logical), catalog, tenant);
  const { root, drafts } = draftPlan(logical, (scan) => narrowToStreams(scan, must(answers.get(scan)).streams));
  const building = drafts.map(async (draft, id): Promise<Fragment> => {
    const { root: sink, scan, source, late, direction } = draft;
    const { streams, units: found, statistics } = must(answers.get(source));
    const { units: kept, ...pruned } = await prune(source, streams, unitsToRead(found, scan.range, direction), catalog);
    const { units, ...counted } = await addMinutes(source, kept, catalog);
    return {
      id,
      root: sink,
      streams,
      units,
      estimate: estimate(scan, late, streams.length, units),
      catalog: statistics,
      ...pruned,
      ...counted,
    };
  });
  const fragments = await Promise.all(building);
  return {
    root,
    fragments,
    estimate: fragments.map((fragment) => fragment.estimate).reduce(addEstimates, NOTHING_READ),
  };
}
