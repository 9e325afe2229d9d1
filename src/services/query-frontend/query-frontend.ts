import type { Clock, Timers } from '../../common/runtime.ts';
import type { Expr } from '../../../grammar/ast.ts';
import { parseQuery } from '../../../grammar/parse.ts';
import type { PlannedQuery } from '../../../planner/plan-query.ts';
import type { WriteHistory } from '../ingester/write-history.ts';
import type { PreparedQuery } from '../querier/prepared-query.ts';
import type { Querier } from '../querier/querier.ts';
import type { QueryRequest } from '../querier/query-request.ts';
import { callerSignal } from './caller-signal.ts';
import type { CallerAnswer, FrontendAnswer } from './frontend-answer.ts';
import { firstSeries, takesPartialAnswers, withoutSeriesLimit } from './partial-series.ts';
import type { FinishedQuery } from './query-log.ts';
import type { QueryRunner, Reading, RunObserver } from './query-runner.ts';
import { requestKey } from './request-key.ts';
import type { ResultsCache } from './results-cache/results-cache.ts';
import { SingleFlight } from './single-flight.ts';

export interface QueryFrontendOptions {
  readonly querier: Pick<Querier, 'prepare' | 'plan'>;
  readonly runner: QueryRunner;
  /** Null: every query runs. */
  readonly cache: ResultsCache | null;
  readonly writes: Pick<WriteHistory, 'moment' | 'writtenSince'>;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Told of each query that was answered or failed. */
  readonly onFinished?: (query: FinishedQuery) => void;
}

/**
 * What stands between the API and the querier: the same query asked at the same time runs once, the others wait for
 * their turn, and for no longer than the tenant's query_timeout.
 */
export class QueryFrontend {
  readonly #options: QueryFrontendOptions;
  readonly #flights = new SingleFlight<FrontendAnswer, Reading>();
  #inProgress = 0;

  constructor(options: QueryFrontendOptions) {
    this.#options = options;
  }

  /** Queries that wait or run. */
  get inProgress(): number {
    return this.#inProgress;
  }

  /**
   * Answers a query; everything that was acknowledged before the call is in the answer. Errors: SkaldErrors of every
   * stage, with Loki's texts where Loki has them; `rate_limited` when very many queries of the tenant wait.
   */
  async query(request: QueryRequest): Promise<CallerAnswer> {
    const { clock, onFinished } = this.#options;
    const startMs = clock.monotonicMs();
    let expr: Expr | null = null;
    let answer: CallerAnswer | null = null;
    let failure: unknown = null;
    this.#inProgress += 1;
    try {
      const prepared = await this.#options.querier.prepare(request);
      expr = prepared.expr;
      const isPartial = takesPartialAnswers(request);
      const { result: found, isShared } = await this.#answer(isPartial ? withoutSeriesLimit(prepared) : prepared);
      const result = isPartial ? firstSeries(found.result, prepared.limits.max_query_series) : found.result;
      answer = { ...found, result, isShared, totalMs: clock.monotonicMs() - startMs };
      return answer;
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      this.#inProgress -= 1;
      expr ??= tryParse(request.query);
      onFinished?.({ request, expr, durationMs: clock.monotonicMs() - startMs, answer, error: failure });
    }
  }

  /** Plans a query without running it. */
  async plan(request: QueryRequest): Promise<PlannedQuery> {
    return await this.#options.querier.plan(request);
  }

  async #answer(prepared: PreparedQuery) {
    const { request, limits } = prepared;
    const { signal, release } = callerSignal(request.signal, limits.query_timeout, this.#options.timers);
    try {
      const isCurrent = ({ moment, range }: Reading): boolean =>
        this.#options.writes.writtenSince(request.tenant, moment, range).length === 0;
      const run = (observer: RunObserver) => this.#run(prepared, observer);
      return await this.#flights.run(requestKey(prepared), signal, isCurrent, run);
    } finally {
      release();
    }
  }

  async #run(prepared: PreparedQuery, observer: RunObserver): Promise<FrontendAnswer> {
    const { runner, cache } = this.#options;
    const cached = await cache?.answer(prepared, observer, (part) => runner.run(prepared, part, observer));
    return cached ?? (await runner.run(prepared, prepared.params, observer));
  }

  async close(): Promise<void> {
    await this.#options.cache?.close();
  }
}

/** The type of a query that failed is still worth knowing. */
function tryParse(query: string): Expr | null {
  try {
    return parseQuery(query);
  } catch {
    return null;
  }
}
