import type { ChunkScan } from '../../planner/physical/plan.ts';
import type { Projection } from '../../planner/logical/plan.ts';
import type { Labels } from '../../src/common/labels.ts';
import { LEVEL_LABEL } from '../../src/common/level-label.ts';
import type { RowGroupUnit } from '../../src/common/scan-unit.ts';
import type { TimeRange } from '../../src/common/time.ts';
import type { RunTotals } from '../aggregate/run-totals.ts';
import { levelFilter } from './level-filter.ts';
import { takeRuns } from './take-runs.ts';
import type { TakenRows } from './taken-rows.ts';
import { type ToldBy, toldBy } from './told-by.ts';

/** A scan below an aggregation that only counts: its predicates look at nothing but the level. */
export type CountingScan = Pick<ChunkScan, 'predicates' | 'projection'>;

/** Counts what of a row group can be counted without reading a row. */
export function takeCounted(
  unit: RowGroupUnit,
  scan: CountingScan,
  range: TimeRange,
  totals: RunTotals,
  streams: readonly Labels[],
): TakenRows {
  const passes = levelFilter(scan.predicates);
  const told = toldByOf(unit, scan, streams);
  if (passes === null) return takeRuns(unit, range, totals, told);
  const levelOf = (stream: number): string => streams[stream].get(LEVEL_LABEL) ?? '';
  return takeRuns(unit, range, totals, told, { passes, levelOf });
}

/** What tells the series of a stream's rows, and whether they are wanted. */
export function toldByOf(
  unit: RowGroupUnit,
  { predicates, projection: { metadata } }: CountingScan,
  streams: readonly Labels[],
): (stream: number) => ToldBy {
  return toldBy(unit, predicates.length === 0 ? metadata : withLevel(metadata), streams);
}

function withLevel(names: Projection['metadata']): Projection['metadata'] {
  return names === 'all' ? 'all' : [...new Set([...names, LEVEL_LABEL])];
}
