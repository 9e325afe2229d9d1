import type { FastifyReply, FastifyRequest } from 'fastify';
import { messageOf } from '../common/errors.ts';
import { parseRequestLimits, type RequestLimits } from '../config/request-limits.ts';
import type { QueryRequest } from '../services/querier/query-request.ts';
import { abortSignalOf } from './abort.ts';
import type { ApiContext } from './context.ts';
import { queryTenantOf } from './tenant.ts';

/** What a query's HTTP request says beside its parameters: who asks, and how to answer. Errors: those of `queryTenantOf`. */
export function queryOptionsOf(
  request: FastifyRequest,
  reply: FastifyReply,
  context: ApiContext,
): Omit<QueryRequest, 'query' | 'params'> {
  const tenant = queryTenantOf(request, context);
  const limits = requestLimitsOf(request, context);
  return {
    tenant,
    signal: abortSignalOf(reply),
    tags: headerOf(request, 'x-query-tags'),
    noCache: headerOf(request, 'cache-control').includes('no-cache'),
    ...(limits === null ? {} : { limits }),
  };
}

/** A header that cannot be read is reported and counts as none, as in Loki. */
function requestLimitsOf(request: FastifyRequest, { config, logger }: ApiContext): RequestLimits | null {
  const header = headerOf(request, 'x-loki-query-limits');
  if (!config.querier.per_request_limits_enabled || header === '') return null;
  try {
    return parseRequestLimits(header);
  } catch (error) {
    logger.warn({ err: messageOf(error) }, 'could not extract query limits from header');
    return null;
  }
}

function headerOf(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}
