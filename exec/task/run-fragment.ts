import { decodeFragment } from '../../planner/physical/codec.ts';
import type { ChunkScan, ExchangeSink, LogNode, MetricNode } from '../../planner/physical/plan.ts';
import type { Clock } from '../../src/common/runtime.ts';
import type { ScanUnit } from '../../src/common/scan-unit.ts';
import { assert } from '../../src/common/assert.ts';
import type { HeadBlockSnapshot } from '../../storage/read/head-block.ts';
import { openUnit } from '../../storage/read/open-unit.ts';
import type { UnitReader } from '../../storage/read/unit-reader.ts';
import type { UnitSource } from '../../storage/read/unit-source.ts';
import { buildFragment } from '../build.ts';
import type { FragmentContext, OpenUnit } from '../fragment-context.ts';
import { BATCH_ROWS_MAX } from '../operators/chunk-scan.ts';
import type { OperatorProbe } from '../operators/instrumented.ts';
import { noScanCounters } from '../result/scan-counters.ts';
import type { ExchangeItem } from './exchange-codec.ts';
import type { FragmentReport } from './fragment-report.ts';
import { ControlledContext, type QueryControl } from './query-control.ts';
import { SharedTimeBound } from './shared-time-bound.ts';
import { boundDirection } from './bound-direction.ts';
import { UnitQueue, type UnitTable } from './unit-table.ts';

/** A fragment as it is posted to a worker: plain data and shared memory. */
export interface FragmentRequest {
  /** Encoded by planner/physical/codec.ts. */
  readonly fragment: Uint8Array;
  readonly units: UnitTable;
  readonly control: QueryControl;
  /** Of createBoundWord; null when nothing bounds the times that are read. */
  readonly boundWord: BigInt64Array | null;
  readonly headBlocks: ReadonlyMap<string, HeadBlockSnapshot>;
  readonly isAnalyzed: boolean;
}

/** What a thread lends to the fragments that it runs. */
export interface FragmentEnvironment {
  readonly worker: number;
  readonly source: UnitSource;
  readonly clock: Clock;
  /** Rows of a scan's batch at most; BATCH_ROWS_MAX unless given. */
  readonly batchRows?: number;
  /** Resolves when it is this fragment's turn again: others of the thread run a unit in between. */
  turn(): Promise<void>;
}

/** Runs one worker's part of a fragment to the end; `send` gets every item. Rejects with the error that stopped it. */
export async function runFragment(
  request: FragmentRequest,
  environment: FragmentEnvironment,
  send: (item: ExchangeItem) => void,
): Promise<FragmentReport> {
  const { clock, worker } = environment;
  const { id, root, streams, groups = null } = decodeFragment(request.fragment);
  const controlled = new ControlledContext(request.control, clock);
  const tasks = new TaskQueue(request, root, environment, controlled);
  const context: FragmentContext = {
    clock,
    budget: controlled.budget,
    streams,
    groups,
    counters: noScanCounters(),
    position: null,
    batchRows: environment.batchRows ?? BATCH_ROWS_MAX,
    bound: tasks.bound,
    throwIfCancelled: () => controlled.throwIfCancelled(),
    nextUnit: () => tasks.next(),
    openUnit: (unit) => tasks.open(unit),
  };
  const probes = request.isAnalyzed ? new Map<number, OperatorProbe>() : null;
  const startMs = clock.monotonicMs();
  const operator = buildFragment(root, context, probes);
  try {
    await operator.open();
    for (let item = await operator.next(); item !== null; item = await operator.next()) send(item);
  } finally {
    operator.close();
  }
  return {
    fragment: id,
    worker,
    counters: context.counters,
    probes: probes ?? new Map(),
    tasks: tasks.taken,
    busyMs: clock.monotonicMs() - startMs - tasks.waitedMs,
    peakBytes: controlled.budget.peakBytes,
  };
}

/** Takes units off the fragment's table, one per turn. */
class TaskQueue {
  readonly bound: SharedTimeBound | null;
  taken = 0;
  waitedMs = 0;
  readonly #queue: UnitQueue;
  readonly #scan: ChunkScan;
  readonly #source: UnitSource;
  readonly #environment: FragmentEnvironment;
  readonly #context: ControlledContext;

  constructor(
    request: FragmentRequest,
    root: ExchangeSink,
    environment: FragmentEnvironment,
    context: ControlledContext,
  ) {
    this.#queue = new UnitQueue(request.units);
    this.#scan = scanOf(root);
    this.#source = { ...environment.source, headBlocks: request.headBlocks };
    this.#environment = environment;
    this.#context = context;
    const direction = boundDirection(root);
    this.bound =
      request.boundWord === null || direction === null ? null : new SharedTimeBound(request.boundWord, direction);
  }

  async next(): Promise<OpenUnit | null> {
    const startMs = this.#environment.clock.monotonicMs();
    await this.#environment.turn();
    this.waitedMs += this.#environment.clock.monotonicMs() - startMs;
    this.#context.throwIfCancelled();
    const { range } = this.#scan;
    const taken = this.#queue.take(() => this.bound?.narrow(range) ?? range);
    if (taken === null) return null;
    this.taken++;
    return { ...taken, reader: this.open(taken.unit) };
  }

  open(unit: ScanUnit): UnitReader {
    return openUnit(unit, this.#source);
  }
}

function scanOf(root: ExchangeSink): ChunkScan {
  let node: LogNode | MetricNode = root;
  while (node.kind !== 'ChunkScan') {
    assert('input' in node, `a fragment has a ${node.kind} in place of a scan`);
    node = node.input;
  }
  return node;
}
