import type { ScanUnit } from '../../src/common/scan-unit.ts';
import type { TimeRange } from '../../src/common/time.ts';
import type { Scan } from '../logical/plan.ts';
import type { Catalog, CatalogAnswer } from './catalog.ts';

const NOTHING_FOUND: CatalogAnswer = {
  streams: [],
  units: [],
  statistics: { chunksTotal: 0, chunksMatched: 0, rowGroupsTotal: 0, rowGroupsMatched: 0, headRows: 0, lookupMs: 0 },
};

/**
 * What the catalog knows of each scan. Equal selections are looked up once, so that both sides of a ratio see the same
 * entries although others are being written; an empty range is not looked up.
 */
export async function lookUp(
  scans: readonly Scan[],
  catalog: Catalog,
  tenant: string,
): Promise<ReadonlyMap<Scan, CatalogAnswer>> {
  const lookups = new Map<string, Promise<CatalogAnswer>>();
  const find = ({ matchers, range }: Scan): Promise<CatalogAnswer> => {
    if (range.start >= range.end) return Promise.resolve(NOTHING_FOUND);
    const key = JSON.stringify([matchers, String(range.start), String(range.end)]);
    const lookup = lookups.get(key) ?? catalog.find({ tenant, matchers, range });
    lookups.set(key, lookup);
    return lookup;
  };
  return new Map(await Promise.all(scans.map(async (scan) => [scan, await find(scan)] as const)));
}

/** Units in range, by the time at which a reader in this direction meets them; ties stay in the catalog's order. */
export function unitsToRead(
  units: readonly ScanUnit[],
  range: TimeRange,
  direction: 'forward' | 'backward',
): readonly ScanUnit[] {
  const inRange = units.filter((unit) => unit.minTimestamp < range.end && unit.maxTimestamp >= range.start);
  return direction === 'forward'
    ? inRange.sort((a, b) => compare(a.minTimestamp, b.minTimestamp))
    : inRange.sort((a, b) => compare(b.maxTimestamp, a.maxTimestamp));
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
