import type { FastifyReply, FastifyRequest } from 'fastify';
import type { QueryStatistics } from '../../../exec/result/query-statistics.ts';
import type { QueryAnswer } from '../../services/querier/querier.ts';
import { encodeLogResult } from './log-result.ts';
import { encodeMetricResult } from './metric-result.ts';
import { encodeStats } from './stats.ts';

/** `X-Loki-Response-Encoding-Flags`: a comma-separated list. */
export function encodingFlagsOf(request: FastifyRequest): string[] {
  const header = request.headers['x-loki-response-encoding-flags'];
  return typeof header === 'string' && header !== '' ? header.split(',').map((flag) => flag.trim()) : [];
}

/** `X-Query-Tags`: who asks, for the query log. */
export function queryTagsOf(request: FastifyRequest): string {
  const header = request.headers['x-query-tags'];
  return typeof header === 'string' ? header : '';
}

/** Where the time went, as browsers show it. */
function serverTiming({ execMs, lookupMs, queueMs }: QueryStatistics, planMs: number): string {
  const parts = { plan: planMs, lookup: lookupMs, queue: queueMs, exec: execMs, total: planMs + queueMs + execMs };
  return Object.entries(parts)
    .map(([name, ms]) => `${name};dur=${ms.toFixed(3)}`)
    .join(', ');
}

/** Sends a query's answer in Loki's envelope (features section 1.0, facts 81 to 90). */
export function sendQueryResult(
  reply: FastifyReply,
  { result, planned }: QueryAnswer,
  options: { readonly instant: boolean; readonly encodingFlags: readonly string[] },
): FastifyReply {
  void reply.header('server-timing', serverTiming(result.statistics, planned.planMs));
  const data =
    result.kind === 'LogResult'
      ? encodeLogResult(result, options.encodingFlags)
      : encodeMetricResult(result, options.instant);
  const stats = JSON.stringify(encodeStats(result.statistics));
  const warnings = result.warnings.length > 0 ? `,"warnings":${JSON.stringify(result.warnings)}` : '';
  return sendJson(reply, `{"status":"success"${warnings},"data":{${data},"stats":${stats}}}\n`);
}

/** JSON with Go's plain content type: fastify adds a charset to texts, not to bytes. */
export function sendPlainJson(reply: FastifyReply, value: unknown): FastifyReply {
  return reply.header('content-type', 'application/json').send(Buffer.from(`${JSON.stringify(value)}\n`));
}

/** A JSON text that is already encoded. */
export function sendJson(reply: FastifyReply, json: string, status = 200): FastifyReply {
  return reply.code(status).header('content-type', 'application/json; charset=UTF-8').send(json);
}
