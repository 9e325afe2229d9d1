import type { Runtime } from '../../common/runtime.ts';
import type { Logger } from '../../common/telemetry/logger.ts';
import type { Metrics } from '../../common/telemetry/metrics.ts';
import type { Config } from '../../config/schema.ts';
import type { WriteHistory } from '../ingester/write-history.ts';
import type { Querier } from '../querier/querier.ts';
import { QueryScheduler } from '../query-scheduler/query-scheduler.ts';
import { FrontendMetrics, observeScheduler } from './frontend-metrics.ts';
import { QueryFrontend } from './query-frontend.ts';
import { QueryLog } from './query-log.ts';
import { QueryRunner } from './query-runner.ts';
import { committedState, type StoredData } from './results-cache/committed-state.ts';
import { openCacheStore } from './results-cache/open-cache-store.ts';
import { ResultsCache } from './results-cache/results-cache.ts';

export interface QueryFrontendParts {
  readonly config: Config;
  readonly runtime: Pick<Runtime, 'clock' | 'timers' | 'random'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly querier: Querier;
  readonly writes: WriteHistory;
  readonly stored: StoredData;
}

/** The frontend of one process with its queue, its log and its metrics, as the configuration says. */
export function openQueryFrontend(parts: QueryFrontendParts): QueryFrontend {
  const { config, runtime, logger, metrics, querier, writes } = parts;
  const { clock, timers } = runtime;
  const counted = new FrontendMetrics(metrics.registry);
  const log = new QueryLog({ logger, metrics, clock, logLongerThanMs: config.frontend.log_queries_longer_than });
  const scheduler = new QueryScheduler({
    maxConcurrent: config.querier.max_concurrent,
    maxOutstandingPerTenant: config.query_scheduler.max_outstanding_requests_per_tenant,
    clock,
    timers,
    onStart: (waitedMs) => counted.waited(waitedMs),
    onDiscard: (tenant) => counted.discarded(tenant),
  });
  const runner = new QueryRunner({
    querier,
    scheduler,
    moment: () => writes.moment,
    attemptsMax: config.query_range.max_retries,
    timers,
    onRun: () => counted.ran(),
  });
  const frontend = new QueryFrontend({
    querier,
    runner,
    cache: config.query_range.cache_results ? openResultsCache(parts) : null,
    writes,
    clock,
    timers,
    onFinished: (query) => {
      log.add(query);
      if (query.answer === null) counted.failed(query);
      else counted.answered(query.answer);
    },
  });
  observeScheduler(scheduler, () => frontend.inProgress, metrics.registry);
  return frontend;
}

function openResultsCache({ config, runtime, logger, metrics, writes, stored }: QueryFrontendParts): ResultsCache {
  const { cache, compression } = config.query_range.results_cache;
  const { clock, random } = runtime;
  return new ResultsCache({
    store: openCacheStore({ config: cache, clock, logger, registry: metrics.registry }),
    compression,
    writes,
    committedState: (tenants, range) => committedState(tenants, range, stored),
    process: Buffer.from(random.bytes(12)).toString('base64url'),
    clock,
  });
}
