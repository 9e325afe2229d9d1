import type { ChunkScan, ExchangeSink, RangeAggregate } from '../../planner/physical/plan.ts';
import type { StreamGroups } from '../../planner/physical/stream-groups.ts';
import { assert } from '../../src/common/assert.ts';
import type { Labels } from '../../src/common/labels.ts';
import { ANY_LEVEL } from '../../src/common/minute-counts.ts';
import type { RowGroupUnit, ScanUnit } from '../../src/common/scan-unit.ts';
import { bucketGrid } from '../aggregate/bucket-grid.ts';
import type { PartialAggregate } from '../aggregate/partial-aggregate.ts';
import { RunTotals } from '../aggregate/run-totals.ts';
import type { FragmentContext } from '../fragment-context.ts';
import { createProbe, type OperatorProbe } from '../operators/instrumented.ts';
import { RangeAggregatePartial } from '../operators/range-aggregate-partial.ts';
import { RowGroupCounter } from '../operators/row-group-counter.ts';
import type { ToldBy } from '../operators/told-by.ts';
import { noScanCounters } from '../result/scan-counters.ts';
import type { FragmentReport } from './fragment-report.ts';
import type { ControlledContext } from './query-control.ts';

/** The thread that plans and merges, where reports name the worker. */
export const COORDINATOR = -1;
/** Cells of minutes that are counted here, without a look at anything else in between: some tens of milliseconds. */
const CELLS_MAX = 1 << 21;

/** What was counted of a fragment before workers were asked. */
export interface CountedAhead {
  /** Units that workers have to look at. */
  readonly left: readonly ScanUnit[];
  readonly partial: () => Promise<PartialAggregate | null>;
  readonly report: FragmentReport;
}

export interface CountableFragment {
  readonly id: number;
  readonly root: ExchangeSink;
  readonly streams: readonly Labels[];
  readonly units: readonly ScanUnit[];
  /** Where streams tell the groups of all rows. */
  readonly groups: StreamGroups | null;
}

/**
 * Counts units of which the index tells all that a counting aggregation wants to know: to send their counts to workers
 * would cost more than to add them up. Null when there are none.
 */
export function countAhead(
  fragment: CountableFragment,
  controlled: ControlledContext,
  isAnalyzed: boolean,
): CountedAhead | null {
  const aggregate = fragment.root.input;
  if (aggregate.kind !== 'RangeAggregate' || aggregate.input.kind !== 'ChunkScan') return null;
  const scan = aggregate.input;
  if (scan.countFrom !== 'minutes' || !fragment.units.some(hasMinutes)) return null;
  const startMs = controlled.clock.monotonicMs();
  const context = contextOf(fragment, controlled);
  const { grid, rangeNs, offsetNs } = aggregate;
  const minutes = { rangeNs, range: scan.range };
  const totals = new RunTotals(bucketGrid(grid, rangeNs, offsetNs), minutes, context.groups);
  const operator = new RangeAggregatePartial(aggregate, NOTHING_TO_READ, null, context, totals);
  const left = countUnits(fragment.units, scan, totals, context);
  const tasks = fragment.units.length - left.length;
  if (tasks === 0) return null;
  const busyMs = controlled.clock.monotonicMs() - startMs;
  const { peakBytes } = controlled.budget;
  const probes = isAnalyzed ? probesOf([fragment.root, aggregate, scan], busyMs) : new Map<number, OperatorProbe>();
  return {
    left,
    report: {
      fragment: fragment.id,
      worker: COORDINATOR,
      counters: context.counters,
      probes,
      tasks,
      busyMs,
      peakBytes,
    },
    partial: async () => {
      const partial = await operator.next();
      operator.close();
      for (const node of [fragment.root, aggregate]) noteYield(probes.get(node.id), partial);
      return partial;
    },
  };
}

/** The units that are left. */
function countUnits(
  units: readonly ScanUnit[],
  scan: ChunkScan,
  totals: RunTotals,
  context: FragmentContext,
): readonly ScanUnit[] {
  const counter = new RowGroupCounter(scan, totals, context.streams);
  const left: ScanUnit[] = [];
  let cells = 0;
  for (const unit of units) {
    if (unit.kind !== 'RowGroup' || cells > CELLS_MAX || !isTold(unit, counter, totals)) {
      left.push(unit);
      continue;
    }
    cells += cellsOf(unit);
    const taken = counter.take(unit, scan.range);
    assert(taken.isAll, 'a row group is counted as a whole or not at all');
    const { counters } = context;
    counters.unitsRead++;
    counters.rows += taken.rowCount;
    counters.lineBytes += Math.round(unit.lineBytes * Math.min(1, taken.rowCount / unit.rowCount));
    counters.rowsPassed += taken.rowCount;
  }
  return left;
}

/** Whether the counter takes every row of the unit. */
function isTold(unit: RowGroupUnit, counter: RowGroupCounter, totals: RunTotals): boolean {
  const { minutes, runs, excluded, minTimestamp, maxTimestamp } = unit;
  if (minutes === undefined || excluded.length > 0) return false;
  if (totals.minutes?.mustReadWithin(minTimestamp, maxTimestamp) !== false) return false;
  const told = counter.toldBy(unit);
  for (let run = 0; run < runs.stream.length; run++) {
    const by: ToldBy = told(runs.stream[run]);
    const cell = minutes.firstCell[run];
    if (by === 'row' || cell === minutes.endCell[run]) return false;
    // The cells of a run are all of levels or none is.
    if (by === 'level' && minutes.level[cell] === ANY_LEVEL) return false;
  }
  return true;
}

function cellsOf({ minutes }: RowGroupUnit): number {
  let cells = 0;
  if (minutes !== undefined)
    for (const [run, first] of minutes.firstCell.entries()) cells += minutes.endCell[run] - first;
  return cells;
}

function hasMinutes(unit: ScanUnit): boolean {
  return unit.kind === 'RowGroup' && unit.minutes !== undefined;
}

const NOTHING_TO_READ = {
  open: () => Promise.resolve(),
  next: () => Promise.resolve(null),
  close: () => undefined,
};

function contextOf({ streams, groups }: CountableFragment, controlled: ControlledContext): FragmentContext {
  const noUnit = (): never => {
    throw new TypeError('Units that are counted ahead are not read.');
  };
  return {
    clock: controlled.clock,
    budget: controlled.budget,
    streams,
    groups: groups === null ? null : { group: groups.group, count: groups.labels.length },
    counters: noScanCounters(),
    position: null,
    batchRows: 0,
    bound: null,
    throwIfCancelled: () => controlled.throwIfCancelled(),
    nextUnit: noUnit,
    openUnit: noUnit,
  };
}

/** The aggregation and the exchange above it hand on one partial result. */
function noteYield(probe: OperatorProbe | undefined, partial: PartialAggregate | null): void {
  if (probe === undefined || partial === null) return;
  probe.rowsOut += partial.count;
  probe.batches++;
}

function probesOf(nodes: readonly [ExchangeSink, RangeAggregate, ChunkScan], totalMs: number) {
  const probes = new Map<number, OperatorProbe>();
  for (const [i, { id }] of nodes.entries()) {
    const probe = createProbe(i + 1 < nodes.length ? [nodes[i + 1].id] : []);
    probe.totalMs = totalMs;
    probes.set(id, probe);
  }
  return probes;
}
