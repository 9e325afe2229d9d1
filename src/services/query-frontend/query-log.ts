import { formatBytes } from '../../common/bytes.ts';
import { formatGoDuration } from '../../common/duration.ts';
import { httpStatusOf, messageOf } from '../../common/errors.ts';
import type { Clock } from '../../common/runtime.ts';
import type { Logger } from '../../common/telemetry/logger.ts';
import type { Metrics } from '../../common/telemetry/metrics.ts';
import type { Expr } from '../../../grammar/ast.ts';
import type { QueryResult } from '../../../exec/result/query-result.ts';
import { queryHash } from './limits/query-hash.ts';
import type { QueryRequest } from './query-request.ts';
import { queryTypeOf } from './query-type.ts';

/** Queries that take longer are `latency=slow`. */
const SLOW_MS = 10_000;

/** A query that is over. */
export interface FinishedQuery {
  readonly request: QueryRequest;
  /** Null when it did not parse. */
  readonly expr: Expr | null;
  readonly durationMs: number;
  /** Time that planning took. */
  readonly planMs: number;
  /** Null when it failed. */
  readonly result: QueryResult | null;
  readonly error: unknown;
}

export interface QueryLogOptions {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
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
  }

  #count({ request, expr, durationMs, result, error }: FinishedQuery): void {
    const { metrics } = this.#options;
    const type = expr === null ? 'unknown' : queryTypeOf(expr);
    const status = String(statusOf(result, error));
    metrics.queryLatency.observe({ type, range: rangeType(request), status_code: status }, durationMs / 1000);
    metrics.queryPageBytes.inc(result?.statistics.pageBytesStored ?? 0);
  }
}

function requestFields({ request, expr, durationMs, result, error }: FinishedQuery, nowNs: bigint) {
  const { startNs, endNs, stepNs, limit } = request.params;
  return {
    caller: 'metrics.go',
    component: 'querier',
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
    status: statusOf(result, error),
    limit,
  };
}

function answerFields({ durationMs, planMs, result, error }: FinishedQuery): Record<string, unknown> {
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
    plan_time: formatMs(planMs),
    lookup_time: formatMs(statistics?.lookupMs ?? 0),
    chunk_bytes_read: formatSize(statistics?.pageBytesStored ?? 0),
    ...(error === null ? {} : { err: messageOf(error) }),
  };
}

function statusOf(result: QueryResult | null, error: unknown): number {
  return result === null ? httpStatusOf(error) : 200;
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

/** `X-Query-Tags`: `key=value,key=value`, keys in lower case; other characters become `_` (features section 6). */
export function parseTags(header: string): Record<string, string> {
  const tags = header
    .replaceAll(/[^a-zA-Z0-9\-=.@, ]/g, '_')
    .split(',')
    .map((tag) => tag.trim().split('='))
    .filter((parts): parts is [string, string] => parts.length === 2 && parts[0] !== '');
  return Object.fromEntries(tags.map(([name, value]) => [name.toLowerCase().replaceAll(' ', '_'), value]));
}
