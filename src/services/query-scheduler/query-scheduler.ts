import { SkaldError } from '../../common/errors.ts';
import type { Clock, Timers } from '../../common/runtime.ts';
import { FairQueue } from './fair-queue.ts';

/** A query that has run for longer is a long one: it gives its place to the next. */
export const LONG_MS = 1000;

export interface QuerySchedulerOptions {
  /** Queries that run at the same time (`querier.max_concurrent`); as many long ones may run beside them. */
  readonly maxConcurrent: number;
  /** Queries of one tenant that wait (`query_scheduler.max_outstanding_requests_per_tenant`). */
  readonly maxOutstandingPerTenant: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly onStart?: (waitedMs: number) => void;
  readonly onDiscard?: (tenant: string) => void;
}

export interface Scheduled<Result> {
  readonly result: Result;
  readonly waitedMs: number;
}

interface Waiting {
  readonly start: () => void;
}

/**
 * Lets some queries run at a time; the others wait, and tenants take turns. Whoever waits is refused only when very many
 * of its tenant wait already; else its signal ends the waiting. A query that runs for long does not keep others waiting:
 * it moves out of the way, and only when as many long ones run as there are places does one more hold its place.
 */
export class QueryScheduler {
  readonly #options: QuerySchedulerOptions;
  readonly #queue = new FairQueue<Waiting>();
  #running = 0;
  #long = 0;

  constructor(options: QuerySchedulerOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running + this.#long;
  }

  /** Queries that wait, by tenant. */
  waiting(): Map<string, number> {
    return new Map(this.#queue.tenants().map((tenant) => [tenant, this.#queue.lengthOf(tenant)]));
  }

  /**
   * Runs `work` when it is its turn. `signal` ends the waiting, and rejects with its reason; work that runs listens
   * itself, and holds its place until it ends. Errors: `rate_limited`, and those of `work`.
   */
  async run<Result>(tenant: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Scheduled<Result>> {
    const { clock, onStart } = this.#options;
    const startMs = clock.monotonicMs();
    await this.#turn(tenant, signal);
    const leave = this.#enter();
    try {
      const waitedMs = clock.monotonicMs() - startMs;
      onStart?.(waitedMs);
      return { result: await work(), waitedMs };
    } finally {
      leave();
    }
  }

  /** Resolves with a place taken. */
  async #turn(tenant: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { maxConcurrent, maxOutstandingPerTenant, onDiscard } = this.#options;
    if (this.#running < maxConcurrent && this.#queue.length === 0) {
      this.#running += 1;
      return;
    }
    if (this.#queue.lengthOf(tenant) >= maxOutstandingPerTenant) {
      onDiscard?.(tenant);
      throw new SkaldError('rate_limited', 'too many outstanding requests');
    }
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        this.#queue.remove(tenant, waiting);
        reject(signal.reason as Error);
      };
      const waiting: Waiting = {
        start: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#queue.add(tenant, waiting);
    });
  }

  /** Counts a query that runs; call what it returns when the query has ended. */
  #enter(): () => void {
    const { maxConcurrent, timers } = this.#options;
    let isLong = false;
    const cancelTimer = timers.after(LONG_MS, () => {
      if (this.#long >= maxConcurrent) return;
      isLong = true;
      this.#long += 1;
      this.#free();
    });
    return () => {
      cancelTimer();
      if (isLong) this.#long -= 1;
      else this.#free();
    };
  }

  /** Gives a place to the next one that waits. */
  #free(): void {
    const next = this.#queue.take();
    if (next === undefined) this.#running -= 1;
    else next.start();
  }
}
