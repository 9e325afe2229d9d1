import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CallerAnswer } from '../../services/query-frontend/frontend-answer.ts';
import { encodeLogResult } from './log-result.ts';
import { encodeMetricResult } from './metric-result.ts';
import { encodeStats } from './stats.ts';

/** `X-Loki-Response-Encoding-Flags`: a comma-separated list. */
export function encodingFlagsOf(request: FastifyRequest): string[] {
  const header = request.headers['x-loki-response-encoding-flags'];
  return typeof header === 'string' && header !== '' ? header.split(',').map((flag) => flag.trim()) : [];
}

/** Where the time went, as browsers show it. */
function serverTiming({ result, cache, totalMs }: CallerAnswer): string {
  const { queueMs, planMs, lookupMs, execMs } = result.statistics;
  const parts = {
    queue: queueMs,
    cache: cache.downloadMs,
    plan: planMs,
    lookup: lookupMs,
    exec: execMs,
    total: totalMs,
  };
  return Object.entries(parts)
    .map(([name, ms]) => `${name};dur=${ms.toFixed(3)}`)
    .join(', ');
}

/** Sends a query's answer in Loki's envelope (features section 1.0, facts 81 to 90). */
export function sendQueryResult(
  reply: FastifyReply,
  answer: CallerAnswer,
  options: { readonly instant: boolean; readonly encodingFlags: readonly string[] },
): FastifyReply {
  const { result } = answer;
  void reply.header('server-timing', serverTiming(answer));
  const data =
    result.kind === 'LogResult'
      ? encodeLogResult(result, options.encodingFlags)
      : encodeMetricResult(result, options.instant);
  const stats = JSON.stringify(encodeStats(result.statistics, answer));
  const warnings = result.warnings.length > 0 ? `,"warnings":${JSON.stringify(result.warnings)}` : '';
  return sendJson(reply, `{"status":"success"${warnings},"data":{${data},"stats":${stats}}}\n`);
}

/** JSON with Go's plain content type: fastify adds a charset to texts, not to bytes. */
export function sendPlainJson(reply: FastifyReply, value: unknown): FastifyReply {
  return reply.header('content-type', 'application/json').send(Buffer.from(`${JSON.stringify(value)}\n`));
}

/** JSON as Loki's operational endpoints write it: the charset is in lower case, and the status is free. */
export function sendStatusJson(reply: FastifyReply, value: unknown, status = 200): FastifyReply {
  const json = `${JSON.stringify(value)}\n`;
  return reply.code(status).header('content-type', 'application/json; charset=utf-8').send(json);
}

/** A JSON text that is already encoded. */
export function sendJson(reply: FastifyReply, json: string, status = 200): FastifyReply {
  return reply.code(status).header('content-type', 'application/json; charset=UTF-8').send(json);
}
