import type { ScanUnit } from '../../src/common/scan-unit.ts';
import type { TimeRange } from '../../src/common/time.ts';
import type { Catalog, CatalogAnswer } from './catalog.ts';
import type { FragmentDraft } from './draft.ts';
import { estimate } from './estimate.ts';
import type { ChunkScan, Fragment } from './plan.ts';

type Found = Pick<Fragment, 'streams' | 'units' | 'estimate' | 'catalog'>;

const NOTHING_FOUND: CatalogAnswer = {
  streams: [],
  units: [],
  statistics: { chunksTotal: 0, chunksMatched: 0, rowGroupsTotal: 0, rowGroupsMatched: 0, headRows: 0, lookupMs: 0 },
};

/**
 * What each fragment reads, in the order of the drafts. Equal selections are looked up once, so that both sides of a ratio
 * see the same entries although others are being written; an empty range is not looked up.
 */
export async function findUnits(drafts: readonly FragmentDraft[], catalog: Catalog, tenant: string): Promise<Found[]> {
  const lookups = new Map<string, Promise<CatalogAnswer>>();
  const lookUp = ({ matchers, range }: ChunkScan): Promise<CatalogAnswer> => {
    if (range.start >= range.end) return Promise.resolve(NOTHING_FOUND);
    const key = JSON.stringify([matchers, String(range.start), String(range.end)]);
    const lookup = lookups.get(key) ?? catalog.find({ tenant, matchers, range });
    lookups.set(key, lookup);
    return lookup;
  };
  return Promise.all(
    drafts.map(async ({ scan, late, direction }) => {
      const { streams, units: all, statistics } = await lookUp(scan);
      const units = inTimeOrder(
        all.filter((unit) => overlaps(unit, scan.range)),
        direction,
      );
      return { streams, units, estimate: estimate(scan, late, streams.length, units), catalog: statistics };
    }),
  );
}

function overlaps(unit: ScanUnit, range: TimeRange): boolean {
  return unit.minTimestamp < range.end && unit.maxTimestamp >= range.start;
}

/** By the time at which a reader in this direction meets the unit first; equal times stay in the catalog's order. */
function inTimeOrder(units: readonly ScanUnit[], direction: 'forward' | 'backward'): readonly ScanUnit[] {
  return direction === 'forward'
    ? units.toSorted((a, b) => compare(a.minTimestamp, b.minTimestamp))
    : units.toSorted((a, b) => compare(b.maxTimestamp, a.maxTimestamp));
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
