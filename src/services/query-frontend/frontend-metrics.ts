import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { QueryScheduler } from '../query-scheduler/query-scheduler.ts';
import { messageOf } from '../../common/errors.ts';
import { QUERY_BLOCKED } from '../querier/limits/blocked-queries.ts';
import type { CallerAnswer } from './frontend-answer.ts';
import type { FinishedQuery } from './query-log.ts';

const QUEUE_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100];

/** What the frontend and the queue count, under Loki's names where Loki has the metric. */
export class FrontendMetrics {
  readonly #queueSeconds: Histogram;
  readonly #discarded: Counter<'user'>;
  readonly #blocked: Counter<'user'>;
  readonly #runs: Counter;
  readonly #shared: Counter;
  readonly #partitions: Histogram;
  readonly #retries: Histogram;
  readonly #pageBytes: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#queueSeconds = new Histogram({
      name: 'loki_query_scheduler_queue_duration_seconds',
      help: 'Time spend by requests in queue before getting picked up by a querier.',
      buckets: QUEUE_SECONDS,
      registers,
    });
    this.#discarded = new Counter({
      name: 'loki_query_scheduler_discarded_requests_total',
      help: 'Total number of query requests discarded.',
      labelNames: ['user'],
      registers,
    });
    this.#blocked = new Counter({
      name: 'loki_blocked_queries',
      help: 'Count of queries blocked by per-tenant policy.',
      labelNames: ['user'],
      registers,
    });
    this.#partitions = new Histogram({
      name: 'loki_query_frontend_partitions',
      help: 'Number of time-based partitions (sub-requests) per request.',
      buckets: [0, 1, 4, 16, 64, 256],
      registers,
    });
    this.#retries = new Histogram({
      name: 'loki_query_frontend_retries',
      help: 'Number of times a request is retried.',
      buckets: [0, 1, 2, 3, 4, 5],
      registers,
    });
    this.#runs = new Counter({
      name: 'skald_query_frontend_runs_total',
      help: 'Queries and parts of queries that were run.',
      registers,
    });
    this.#shared = new Counter({
      name: 'skald_query_frontend_shared_total',
      help: 'Requests that were answered by the run of an identical one.',
      registers,
    });
    this.#pageBytes = new Counter({
      name: 'skald_query_page_bytes_read_total',
      help: 'Bytes of chunk pages read by queries, as stored.',
      registers,
    });
  }

  waited(ms: number): void {
    this.#queueSeconds.observe(ms / 1000);
  }

  discarded(tenant: string): void {
    this.#discarded.inc({ user: tenant });
  }

  ran(): void {
    this.#runs.inc();
  }

  failed({ request, error }: FinishedQuery): void {
    if (messageOf(error) === QUERY_BLOCKED) this.#blocked.inc({ user: request.tenant });
  }

  answered({ isShared, runs, retries, result }: CallerAnswer): void {
    if (isShared) {
      this.#shared.inc();
      return;
    }
    this.#partitions.observe(runs);
    this.#retries.observe(retries);
    this.#pageBytes.inc(result.statistics.pageBytesStored);
  }
}

/** Gauges that are read when metrics are asked for. */
export function observeScheduler(scheduler: QueryScheduler, inProgress: () => number, registry: Registry): void {
  const registers = [registry];
  new Gauge({
    name: 'loki_query_scheduler_queue_length',
    help: 'Number of queries in the queue.',
    labelNames: ['user'],
    registers,
    collect() {
      this.reset();
      for (const [user, length] of scheduler.waiting()) this.set({ user }, length);
    },
  });
  new Gauge({
    name: 'skald_querier_running_queries',
    help: 'Queries that run now.',
    registers,
    collect() {
      this.set(scheduler.running);
    },
  });
  new Gauge({
    name: 'loki_query_frontend_queries_in_progress',
    help: 'Number of queries in progress handled by this frontend.',
    registers,
    collect() {
      this.set(inProgress());
    },
  });
}
