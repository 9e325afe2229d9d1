import type { ScanUnit } from '../../src/common/scan-unit.ts';
import type { Scan } from '../logical/plan.ts';
import type { Catalog } from './catalog.ts';
import type { Fragment } from './plan.ts';

/** Asks the catalog how many rows the units have in each minute, where the scan counts from that. */
export async function addMinutes(
  { countFrom }: Scan,
  units: readonly ScanUnit[],
  catalog: Catalog,
): Promise<Pick<Fragment, 'units' | 'minutes'>> {
  if (countFrom !== 'minutes' || catalog.addMinutes === undefined) return { units };
  if (!units.some(({ kind }) => kind === 'RowGroup')) return { units };
  const { units: counted, report } = await catalog.addMinutes(units);
  return { units: counted, minutes: report };
}
