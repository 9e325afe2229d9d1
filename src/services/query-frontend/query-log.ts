import { formatBytes } from '../../common/bytes.ts';
import { formatGoDuration } from '../../common/duration.ts';
import { httpStatusOf, messageOf } from '../../common/errors.ts';
import type { Clock } from '../../common/runtime.ts';
import type { Logger } from '../../common/telemetry/logger.ts';
import type { Metrics } from '../../common/telemetry/metrics.ts';
import type { Expr } from '../../../grammar/ast.ts';
import { parseTags } from '../querier/query-tags.ts';
import { queryHash } from '../querier/limits/query-hash.ts';
import type { QueryRequest } from '../querier/query-request.ts';
import { queryTypeOf } from '../querier/query-type.ts';
import { type CallerAnswer, NO_CACHE_USE } from './frontend-answer.ts';

/** Queries that take longer are `latency=slow`. */
const SLOW_MS = 10_000;

/** A query that is over. */
export interface FinishedQuery {
  readonly request: QueryRequest;
  /** Null when it did not parse. */
  readonly expr: Expr | null;
  readonly durationMs: number;
  /** Null when it failed. */
  readonly answer: CallerAnswer | null;
  readonly error: unknown;
}

export interface QueryLogOptions {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Queries that take longer get a line of their own (`frontend.log_queries_longer_than`); 0 is none, less than 0 all. */
  readonly logLongerThanMs: number;
}

/** Writes one line for each query under the names of Loki's `metrics.go` line, and counts its time and bytes. */
export class QueryLog {
  readonly #options: QueryLogOptions;

  constructor(options: QueryLogOptions) {
    this.#options = options;
  }

  add(query: FinishedQuery): void {
    const { logger, clock } = this.#options;
    this.#count(query);
    const fields = { ...requestFields(query, clock.nowNs()), ...answerFields(query) };
    const tags = Object.entries(parseTags(query.request.tags ?? '')).filter(([name]) => !Object.hasOwn(fields, name));
    logger.info({ ...fields, ...Object.fromEntries(tags) });
    this.#tellIfSlow(query);
  }

  #count(query: FinishedQuery): void {
    const { request, expr, durationMs } = query;
    const type = expr === null ? 'unknown' : queryTypeOf(expr);
    const labels = { type, range: rangeType(request), status_code: String(statusOf(query)) };
    const { metrics } = this.#options;
    const seconds = durationMs / 1000;
    metrics.queryLatency.observe(labels, seconds);
    metrics.queryDuration.observe({ query_type: type }, seconds);
    const bytes = query.answer?.result.statistics.bytesProcessed ?? 0;
    const latency_type = durationMs > SLOW_MS ? 'slow' : 'fast';
    metrics.queryThroughput.observe({ ...labels, latency_type, sharded: 'true' }, bytes / Math.max(seconds, 1e-6));
  }

  #tellIfSlow({ request, durationMs }: FinishedQuery): void {
    const { logger, logLongerThanMs } = this.#options;
    if (logLongerThanMs === 0 || durationMs < logLongerThanMs) return;
    const { startNs, endNs, stepNs, limit, direction } = request.params;
    logger.info(
      {
        org_id: request.tenant,
        time_taken: formatMs(durationMs),
        param_query: request.query,
        param_start: String(startNs),
        param_end: String(endNs),
        param_step: formatGoDuration(stepNs),
        param_limit: limit,
        param_direction: direction,
      },
      'slow query detected',
    );
  }
}

function requestFields(query: FinishedQuery, nowNs: bigint) {
  const { request, expr, durationMs } = query;
  const { startNs, endNs, stepNs, limit } = request.params;
  return {
    caller: 'metrics.go',
    component: 'frontend',
    org_id: request.tenant,
    latency: durationMs > SLOW_MS ? 'slow' : 'fast',
    query: request.query,
    query_hash: queryHash(request.query),
    query_type: expr === null ? 'unknown' : queryTypeOf(expr),
    range_type: rangeType(request),
    length: formatGoDuration(endNs - startNs),
    start_delta: formatGoDuration(nowNs - startNs),
    end_delta: formatGoDuration(nowNs - endNs),
    step: formatGoDuration(stepNs),
    duration: formatMs(durationMs),
    status: statusOf(query),
    limit,
  };
}

function answerFields(query: FinishedQuery): Record<string, unknown> {
  const { durationMs, answer, error } = query;
  const result = answer?.result;
  const statistics = result?.statistics;
  const seconds = Math.max(durationMs, 0.001) / 1000;
  const bytes = (statistics?.bytesProcessed ?? 0) + (statistics?.metadataBytesProcessed ?? 0);
  const lines = statistics?.linesProcessed ?? 0;
  return {
    returned_lines: result?.kind === 'LogResult' ? result.rows.length : 0,
    throughput: formatSize(bytes / seconds),
    total_bytes: formatSize(bytes),
    total_bytes_structured_metadata: formatSize(statistics?.metadataBytesProcessed ?? 0),
    lines_per_second: Math.round(lines / seconds),
    total_lines: lines,
    post_filter_lines: statistics?.linesPostFilter ?? 0,
    total_entries: statistics?.entriesReturned ?? 0,
    queue_time: formatMs(statistics?.queueMs ?? 0),
    splits: answer?.runs ?? 0,
    shards: statistics?.workers.length ?? 0,
    plan_time: formatMs(statistics?.planMs ?? 0),
    lookup_time: formatMs(statistics?.lookupMs ?? 0),
    chunk_bytes_read: formatSize(statistics?.pageBytesStored ?? 0),
    ...cacheFields(answer),
    ingester_chunk_head_bytes: formatSize(statistics?.headBytes ?? 0),
    index_total_chunks: statistics?.chunksMatched ?? 0,
    retries: answer?.retries ?? 0,
    shared: answer?.isShared ?? false,
    ...(error === null ? {} : { err: messageOf(error) }),
  };
}

function cacheFields(answer: CallerAnswer | null): Record<string, unknown> {
  const cache = answer?.cache ?? NO_CACHE_USE;
  return {
    cache_result_req: cache.keysRequested,
    cache_result_hit: cache.keysFound,
    cache_result_download_time: formatMs(cache.downloadMs),
    cache_result_query_length_served: formatGoDuration(cache.servedNs),
  };
}

function statusOf({ answer, error }: FinishedQuery): number {
  return answer === null ? httpStatusOf(error) : 200;
}

function rangeType({ params }: QueryRequest): 'instant' | 'range' {
  return params.instant ? 'instant' : 'range';
}

function formatMs(ms: number): string {
  return formatGoDuration(BigInt(Math.round(ms * 1e6)));
}

function formatSize(bytes: number): string {
  return formatBytes(Math.round(bytes)).replace(' ', '');
}
