import type { Timers } from '../../common/runtime.ts';
import type { TimeRange } from '../../common/time.ts';
import type { QueryParams } from '../../../planner/logical/query-params.ts';
import type { PreparedQuery } from '../querier/prepared-query.ts';
import type { Querier } from '../querier/querier.ts';
import type { QueryScheduler } from '../query-scheduler/query-scheduler.ts';
import { dataRangeOf } from './data-range.ts';
import { NO_CACHE_USE, type FrontendAnswer } from './frontend-answer.ts';
import { withRetries } from './retry.ts';

/** Times of entries that were read, and the moment (WriteHistory) since which the reader does not see what is written. */
export interface Reading {
  readonly moment: number;
  readonly range: TimeRange;
}

/** Whoever wants to know what a query reads, and may end it. */
export interface RunObserver {
  readonly signal: AbortSignal;
  readonly reads: (reading: Reading) => void;
}

export interface QueryRunnerOptions {
  readonly querier: Pick<Querier, 'run'>;
  readonly scheduler: QueryScheduler;
  /** The moment of the write history. */
  readonly moment: () => number;
  /** Attempts in all. */
  readonly attemptsMax: number;
  readonly timers: Timers;
  readonly onRun?: () => void;
}

/** Runs prepared queries, or parts of them in time: each waits for its turn, and is repeated when a worker dies. */
export class QueryRunner {
  readonly #options: QueryRunnerOptions;

  constructor(options: QueryRunnerOptions) {
    this.#options = options;
  }

  async run(prepared: PreparedQuery, params: QueryParams | null, observer: RunObserver): Promise<FrontendAnswer> {
    const { scheduler, attemptsMax, timers } = this.#options;
    const { signal } = observer;
    const attempt = () =>
      scheduler.run(prepared.request.tenant, signal, () => this.#runNow(prepared, params, observer));
    const { result: scheduled, retries } = await withRetries(attempt, { attemptsMax, timers, signal });
    const { result, planned } = scheduled.result;
    const times = { queueMs: scheduled.waitedMs, planMs: planned.planMs };
    const timed = { ...result, statistics: { ...result.statistics, ...times } };
    return { result: timed, planned, runs: 1, retries, cache: NO_CACHE_USE };
  }

  async #runNow(prepared: PreparedQuery, params: QueryParams | null, { signal, reads }: RunObserver) {
    signal.throwIfAborted();
    const { querier, moment, onRun } = this.#options;
    if (params !== null) reads({ moment: moment(), range: dataRangeOf(prepared.expr, params) });
    onRun?.();
    return await querier.run(prepared, signal, params);
  }
}
