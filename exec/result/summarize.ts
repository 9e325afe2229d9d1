import type { PhysicalPlan } from '../../planner/physical/plan.ts';
import type { OperatorProbe } from '../operators/instrumented.ts';
import type { FragmentReport } from '../task/fragment-report.ts';
import type { OperatorStatistics, QueryStatistics, WorkerStatistics } from './query-statistics.ts';
import { addCounters, noScanCounters, type ScanCounters } from './scan-counters.ts';
import type { LogNode, MetricNode } from '../../planner/physical/plan.ts';

export interface Execution {
  readonly plan: PhysicalPlan;
  readonly execMs: number;
  readonly entriesReturned: number;
  readonly reports: readonly FragmentReport[];
  /** Of the operators above the exchanges; empty unless the query was analyzed. */
  readonly rootProbes: ReadonlyMap<number, OperatorProbe>;
}

/** One statement of what a query did, over all workers. Queueing and planning are the caller's to add. */
export function summarize({ plan, execMs, entriesReturned, reports, rootProbes }: Execution): QueryStatistics {
  const total = noScanCounters();
  for (const { counters } of reports) addCounters(total, counters);
  const pages = [...total.columns.values()];
  const sum = (of: (fragment: PhysicalPlan['fragments'][number]) => number): number =>
    plan.fragments.reduce((result, fragment) => result + of(fragment), 0);
  return {
    execMs,
    queueMs: 0,
    planMs: 0,
    linesProcessed: total.rows,
    bytesProcessed: total.lineBytes,
    metadataBytesProcessed: metadataBytes(total),
    linesPostFilter: total.rowsPassed,
    entriesReturned,
    headLines: total.headRows,
    headBytes: total.headLineBytes,
    pagesRead: pages.reduce((result, column) => result + column.pages, 0),
    pageBytesStored: pages.reduce((result, { storedBytes }) => result + storedBytes, 0),
    pageBytesRaw: pages.reduce((result, { rawBytes }) => result + rawBytes, 0),
    chunksMatched: sum(({ catalog }) => catalog?.chunksMatched ?? 0),
    streamsMatched: sum(({ streams }) => streams.length),
    unitsTotal: sum(({ units }) => units.length),
    unitsRead: total.unitsRead,
    lookupMs: sum(({ catalog }) => catalog?.lookupMs ?? 0),
    operators: operatorStatistics(plan, reports, rootProbes),
    workers: workerStatistics(reports),
  };
}

function metadataBytes({ columns }: ScanCounters): number {
  let sizeBytes = 0;
  for (const [name, { rawBytes }] of columns) {
    if (name === 'level' || name === 'metadata' || name.startsWith('metadata.')) sizeBytes += rawBytes;
  }
  return sizeBytes;
}

function operatorStatistics(
  plan: PhysicalPlan,
  reports: readonly FragmentReport[],
  rootProbes: ReadonlyMap<number, OperatorProbe>,
): Map<number, OperatorStatistics> {
  const operators = new Map<number, OperatorStatistics>();
  addProbes(operators, rootProbes);
  for (const { fragment, probes, counters } of reports) {
    addProbes(operators, probes);
    const scan = operators.get(leafOf(plan.fragments[fragment].root).id);
    if (scan === undefined) continue;
    scan.rowsIn += counters.rows;
    for (const [name, { pages, storedBytes, rawBytes }] of counters.columns) {
      const known = scan.columns.get(name) ?? { pages: 0, storedBytes: 0, rawBytes: 0 };
      scan.columns.set(name, {
        pages: known.pages + pages,
        storedBytes: known.storedBytes + storedBytes,
        rawBytes: known.rawBytes + rawBytes,
      });
    }
  }
  return operators;
}

/** Own time is the time in the operator without what runs inside it. */
function addProbes(operators: Map<number, OperatorStatistics>, probes: ReadonlyMap<number, OperatorProbe>): void {
  for (const [id, { inputs, inside, rowsIn, rowsOut, batches, totalMs }] of probes) {
    const known = operators.get(id) ?? { rowsIn: 0, rowsOut: 0, batches: 0, ms: 0, columns: new Map() };
    known.rowsIn += rowsIn;
    for (const input of inputs) known.rowsIn += probes.get(input)?.rowsOut ?? 0;
    const insideMs = inside.reduce((sum, input) => sum + (probes.get(input)?.totalMs ?? 0), 0);
    known.rowsOut += rowsOut;
    known.batches += batches;
    known.ms += Math.max(0, totalMs - insideMs);
    operators.set(id, known);
  }
}

function leafOf(node: LogNode | MetricNode): LogNode | MetricNode {
  let leaf = node;
  while ('input' in leaf) leaf = leaf.input;
  return leaf;
}

function workerStatistics(reports: readonly FragmentReport[]): WorkerStatistics[] {
  const workers = new Map<number, WorkerStatistics>();
  for (const { worker, tasks, busyMs, peakBytes } of reports) {
    const known = workers.get(worker);
    workers.set(worker, {
      worker,
      tasks: tasks + (known?.tasks ?? 0),
      busyMs: busyMs + (known?.busyMs ?? 0),
      peakBytes: Math.max(peakBytes, known?.peakBytes ?? 0),
    });
  }
  return [...workers.values()].sort((a, b) => a.worker - b.worker);
}
