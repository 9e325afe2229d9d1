import { encodeFragment, type FragmentTask } from '../../planner/physical/codec.ts';
import { type StreamGroups, streamGroups } from '../../planner/physical/stream-groups.ts';
import type { PhysicalPlan } from '../../planner/physical/plan.ts';
import { labelsForWorkers } from '../../planner/physical/worker-labels.ts';
import { must } from '../../src/common/assert.ts';
import type { Labels } from '../../src/common/labels.ts';
import { SkaldError } from '../../src/common/errors.ts';
import type { ScanUnit } from '../../src/common/scan-unit.ts';
import type { HeadBlockSnapshot } from '../../storage/read/head-block.ts';
import type { FragmentReport } from './fragment-report.ts';
import type { FragmentRun, FragmentRunner } from './fragment-runner.ts';
import { AheadRun } from './ahead-run.ts';
import { type CountableFragment, countAhead } from './count-ahead.ts';
import type { ControlledContext, QueryControl } from './query-control.ts';
import type { FragmentRequest } from './run-fragment.ts';
import { boundDirection } from './bound-direction.ts';
import { firstBound } from './first-bound.ts';
import { createBoundWord, SharedTimeBound } from './shared-time-bound.ts';
import type { TaskPool } from './task-pool.ts';
import { createUnitTable } from './unit-table.ts';

export interface PlanRunnerOptions {
  readonly pool: TaskPool;
  readonly control: QueryControl;
  /** Of the calling thread. */
  readonly context: ControlledContext;
  readonly headBlocks: ReadonlyMap<string, HeadBlockSnapshot>;
  readonly isAnalyzed: boolean;
  /** Lines of this size are worth a worker; 0: one unit is. */
  readonly bytesPerWorker: number;
}

/** Runs the fragments of one plan on a pool. */
export class PlanRunner implements FragmentRunner {
  readonly #plan: PhysicalPlan;
  readonly #options: PlanRunnerOptions;
  readonly #runs: FragmentRun[] = [];
  /** By fragment. */
  readonly #groups = new Map<number, readonly Labels[]>();

  constructor(plan: PhysicalPlan, options: PlanRunnerOptions) {
    this.#plan = plan;
    this.#options = options;
  }

  /** Of all fragments, by the workers that have finished. */
  get reports(): readonly FragmentReport[] {
    return this.#runs.flatMap(({ reports }) => reports);
  }

  /**
   * Why the query failed when `error` is what came up: a worker that fails stops the fragments beside its own, and one
   * of those may be heard first.
   */
  causeOf(error: unknown): unknown {
    if (!isCancellation(error)) return error;
    const failure = this.#runs.map((run) => run.failure).find((one) => one !== null && !isCancellation(one.error));
    return failure?.error ?? error;
  }

  start(fragment: number): FragmentRun {
    const { id, root, streams, units } = must(this.#plan.fragments[fragment], 'an exchange reads an unknown fragment');
    if (units.length === 0) return NOTHING;
    const groups = streamGroups(root, streams);
    if (groups !== null) this.#groups.set(id, groups.labels);
    const task = { id, root, streams, groups };
    const ahead = countAhead({ ...task, units }, this.#options.context, this.#options.isAnalyzed);
    const left = ahead?.left ?? units;
    const rest = left.length === 0 ? NOTHING : this.#runOnWorkers({ ...task, units: left });
    const run = ahead === null ? rest : new AheadRun(ahead, rest);
    this.#runs.push(run);
    return run;
  }

  #runOnWorkers(fragment: CountableFragment): FragmentRun {
    return this.#options.pool.run(this.#request(fragment), this.#workersFor(fragment.units));
  }

  #workersFor(units: readonly ScanUnit[]): number {
    const { bytesPerWorker } = this.#options;
    if (bytesPerWorker === 0) return units.length;
    const lineBytes = units.reduce((sum, unit) => sum + unit.lineBytes, 0);
    return Math.min(units.length, Math.max(1, Math.ceil(lineBytes / bytesPerWorker)));
  }

  groupsOf(fragment: number): readonly Labels[] | null {
    return this.#groups.get(fragment) ?? null;
  }

  #request({ id, root, streams, units, groups }: CountableFragment): FragmentRequest {
    const { control, headBlocks, isAnalyzed } = this.#options;
    const direction = boundDirection(root);
    const boundWord = direction === null ? null : createBoundWord(direction);
    const bound = firstBound(root, units);
    if (boundWord !== null && direction !== null && bound !== null)
      new SharedTimeBound(boundWord, direction).offer(bound);
    return {
      fragment: encode({ id, root, streams }, groups),
      units: createUnitTable(units),
      control,
      boundWord,
      headBlocks: usedBlocks(units, headBlocks),
      isAnalyzed,
    };
  }
}

function encode({ id, root, streams }: FragmentTask, groups: StreamGroups | null): Uint8Array {
  if (groups === null) return encodeFragment({ id, root, streams: labelsForWorkers(root, streams) });
  const { group, labels } = groups;
  return encodeFragment({ id, root, streams: [], groups: { group, count: labels.length } });
}

function isCancellation(error: unknown): boolean {
  return error instanceof SkaldError && error.code === 'cancelled';
}

const NOTHING: FragmentRun = { reports: [], failure: null, next: () => Promise.resolve(null), cancel: () => {} };

/** The blocks that the units refer to: what is posted with the fragment. */
function usedBlocks(
  units: readonly ScanUnit[],
  headBlocks: ReadonlyMap<string, HeadBlockSnapshot>,
): Map<string, HeadBlockSnapshot> {
  const used = new Map<string, HeadBlockSnapshot>();
  for (const unit of units) {
    for (const part of unit.kind === 'Overlap' ? unit.parts : [unit]) {
      if (part.kind !== 'Head') continue;
      used.set(
        part.blockId,
        must(headBlocks.get(part.blockId), `head block ${part.blockId} was not handed to the query`),
      );
    }
  }
  return used;
}
