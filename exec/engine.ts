import type { MetricNode, PhysicalPlan } from '../planner/physical/plan.ts';
import { keepsStreamLabels } from '../planner/physical/worker-labels.ts';
import { assert, must } from '../src/common/assert.ts';
import { SkaldError } from '../src/common/errors.ts';
import type { Clock } from '../src/common/runtime.ts';
import type { HeadBlockSnapshot } from '../storage/read/head-block.ts';
import type { UnitSourceConfig } from '../storage/read/open-source.ts';
import type { UnitSource } from '../storage/read/unit-source.ts';
import { buildRoot, type BuiltOperator, type Probes } from './build.ts';
import type { Operator, QueryContext } from './operator.ts';
import type { LogRows } from './operators/log-rows.ts';
import type { SeriesBlock } from './operators/series-block.ts';
import { orderedSeries } from './result/order-series.ts';
import type { LogResult, MetricResult, QueryResult } from './result/query-result.ts';
import type { QueryStatistics } from './result/query-statistics.ts';
import { summarize } from './result/summarize.ts';
import { toLogRows } from './result/to-log-rows.ts';
import { LocalPool } from './task/local-pool.ts';
import { PlanRunner } from './task/plan-runner.ts';
import { cancelQuery, ControlledContext, createQueryControl } from './task/query-control.ts';
import type { TaskPool } from './task/task-pool.ts';
import { WorkerPool } from './task/worker-pool.ts';

export type QueryEngineConfig = ThreadedConfig | InThreadConfig;

export interface ThreadedConfig {
  /** Number of worker threads, at least 1. */
  readonly workers: number;
  readonly unitSourceConfig: UnitSourceConfig;
  readonly clock: Clock;
}

/** Fragments run in the calling thread: tests, simulation. */
export interface InThreadConfig {
  readonly workers: 0;
  readonly unitSource: UnitSource;
  readonly clock: Clock;
  /** Rows of a scan's batch at most; the engine's own choice unless given. */
  readonly batchRows?: number;
  /** Workers that take turns in the thread; 1 unless given. */
  readonly simulatedWorkers?: number;
}

export interface ExecuteOptions {
  /** Cancels the query: SkaldError `cancelled`. */
  readonly signal: AbortSignal;
  /** Milliseconds from now after which the query fails as `deadline_exceeded`; 0 is never. */
  readonly deadlineMs: number;
  /** By id: the blocks that the plan's head units refer to. */
  readonly headBlocks: ReadonlyMap<string, HeadBlockSnapshot>;
  /** Most series that a metric query may return; 0 is no limit. */
  readonly maxSeries: number;
  /** Collect statistics per operator: EXPLAIN ANALYZE. */
  readonly analyze?: boolean;
  /** Most bytes that operators and results may hold. */
  readonly byteBudget: number;
  /** Lines of this size are worth a worker: smaller queries leave the others alone. Unless given, all take part. */
  readonly bytesPerWorker?: number;
}

/** Runs physical plans. `start` before the first query; `close` fails the queries that still run. */
export class QueryEngine {
  readonly #pool: TaskPool;
  readonly #clock: Clock;

  constructor(config: QueryEngineConfig) {
    this.#clock = config.clock;
    this.#pool =
      'unitSource' in config
        ? new LocalPool(config.unitSource, config.clock, config.batchRows, config.simulatedWorkers)
        : new WorkerPool(config.workers, config.unitSourceConfig);
  }

  async start(): Promise<void> {
    await this.#pool.start();
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  /** Errors: SkaldError `cancelled`, `deadline_exceeded`, `query_limit`, `pipeline_error`, `execution`, those of storage. */
  async execute(plan: PhysicalPlan, options: ExecuteOptions): Promise<QueryResult> {
    const startMs = this.#clock.monotonicMs();
    const isAnalyzed = options.analyze === true;
    const deadlineMs = options.deadlineMs > 0 ? this.#clock.nowMs() + options.deadlineMs : Infinity;
    const control = createQueryControl(deadlineMs, options.byteBudget);
    const context = new ControlledContext(control, this.#clock);
    const runner = new PlanRunner(plan, {
      pool: this.#pool,
      control,
      context,
      headBlocks: options.headBlocks,
      isAnalyzed,
      bytesPerWorker: options.bytesPerWorker ?? 0,
    });
    const probes: Probes = isAnalyzed ? new Map() : null;
    const cancel = (): void => cancelQuery(control);
    options.signal.addEventListener('abort', cancel, { once: true });
    if (options.signal.aborted) cancel();
    const root = buildRoot(plan.root, context, runner, probes);
    try {
      context.throwIfCancelled();
      await root.operator.open();
      const summary = (entriesReturned: number): QueryStatistics =>
        summarize({
          plan,
          execMs: this.#clock.monotonicMs() - startMs,
          entriesReturned,
          reports: runner.reports,
          rootProbes: probes ?? new Map(),
        });
      return await takeResult(plan, root, options, context, summary);
    } catch (error) {
      throw runner.causeOf(error);
    } finally {
      options.signal.removeEventListener('abort', cancel);
      root.operator.close();
    }
  }
}

type Summary = (entriesReturned: number) => QueryStatistics;

async function takeResult(
  plan: PhysicalPlan,
  root: BuiltOperator & { readonly yields: 'Rows' | 'Series' },
  options: ExecuteOptions,
  context: QueryContext,
  summary: Summary,
): Promise<QueryResult> {
  if (root.yields === 'Rows') return logResult(plan, await takeOnly(root.operator), summary);
  const block = await takeOnly(root.operator);
  context.throwIfCancelled();
  return metricResult(plan.root as MetricNode, block, options.maxSeries, summary);
}

/** Root operators yield one item. */
async function takeOnly<T>(operator: Operator<T>): Promise<T> {
  const item = must(await operator.next(), 'a query yielded nothing');
  assert((await operator.next()) === null, 'a query yielded more than one item');
  return item;
}

function logResult(plan: PhysicalPlan, rows: LogRows, summary: Summary): LogResult {
  const { root, fragments } = plan;
  assert(root.kind === 'TopK', 'a log query ends in a TopK');
  const { root: fragment, streams } = must(fragments[0]);
  return {
    kind: 'LogResult',
    direction: root.direction,
    rows: toLogRows(rows, streams, keepsStreamLabels(fragment)),
    warnings: [],
    statistics: summary(rows.rowCount),
  };
}

function metricResult(root: MetricNode, block: SeriesBlock, maxSeries: number, summary: Summary): MetricResult {
  if (maxSeries > 0 && block.seriesCount > maxSeries) throw tooManySeries(maxSeries);
  return {
    kind: 'MetricResult',
    grid: block.grid,
    type: block.type,
    series: orderedSeries(block, root),
    warnings: [],
    statistics: summary(block.seriesCount),
  };
}

/** Loki's text, letter by letter. */
export function tooManySeries(maxSeries: number): SkaldError {
  return new SkaldError(
    'query_limit',
    `maximum number of series (${maxSeries}) reached for a single query; consider reducing query cardinality by ` +
      'adding more specific stream selectors, reducing the time range, or aggregating results with functions like ' +
      'sum(), count() or topk()',
  );
}
