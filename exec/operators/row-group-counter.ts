import type { ChunkScan } from '../../planner/physical/plan.ts';
import type { Projection } from '../../planner/logical/plan.ts';
import type { Labels } from '../../src/common/labels.ts';
import { LEVEL_LABEL } from '../../src/common/level-label.ts';
import type { RowGroupUnit } from '../../src/common/scan-unit.ts';
import type { TimeRange } from '../../src/common/time.ts';
import type { RunTotals } from '../aggregate/run-totals.ts';
import { levelFilter } from './level-filter.ts';
import { type StreamLevelFilter, takeRuns } from './take-runs.ts';
import type { TakenRows } from './taken-rows.ts';
import { type ToldBy, toldBy } from './told-by.ts';

/** A scan below an aggregation that only counts: its predicates look at nothing but the level. */
export type CountingScan = Pick<ChunkScan, 'predicates' | 'projection'>;

/** Counts what of row groups can be counted without reading a row. */
export class RowGroupCounter {
  readonly #totals: RunTotals;
  readonly #streams: readonly Labels[];
  readonly #metadata: Projection['metadata'];
  /** What the predicates let pass, with the level of streams, which may be a label. */
  readonly #level: StreamLevelFilter | null;

  constructor({ predicates, projection: { metadata } }: CountingScan, totals: RunTotals, streams: readonly Labels[]) {
    this.#totals = totals;
    this.#streams = streams;
    const passes = levelFilter(predicates);
    this.#metadata = passes === null ? metadata : withLevel(metadata);
    const levelOf = (stream: number): string => streams[stream].get(LEVEL_LABEL) ?? '';
    this.#level = passes === null ? null : { passes, levelOf };
  }

  /** The rows that were counted, or are in no window or not wanted. */
  take(unit: RowGroupUnit, range: TimeRange): TakenRows {
    return takeRuns(unit, range, this.#totals, this.toldBy(unit), this.#level);
  }

  /** What tells the series of a stream's rows, and whether they are wanted. */
  toldBy(unit: RowGroupUnit): (stream: number) => ToldBy {
    return toldBy(unit, this.#metadata, this.#streams);
  }
}

function withLevel(names: Projection['metadata']): Projection['metadata'] {
  return names === 'all' ? 'all' : [...new Set([...names, LEVEL_LABEL])];
}
