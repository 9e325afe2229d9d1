import type { FastifyRequest } from 'fastify';
import type { Matcher } from '../common/matcher.ts';
import { floorDiv, NS_PER_MS, type TimeRange } from '../common/time.ts';
import { parseMatchers } from '../../grammar/parse.ts';
import type { ApiContext } from './context.ts';
import { parseBounds } from './params.ts';
import { queryTenantOf } from './tenant.ts';

export interface MetadataRequest {
  readonly tenant: string;
  readonly matchers: readonly Matcher[];
  readonly range: TimeRange;
}

/** Parameters of the label endpoints: range, rounded out to milliseconds (spec fact 8), and `query` matchers. */
export function metadataRequest(request: FastifyRequest, form: URLSearchParams, context: ApiContext): MetadataRequest {
  const query = form.get('query') ?? '';
  return {
    tenant: queryTenantOf(request, context),
    matchers: query === '' ? [] : parseMatchers(query),
    range: metadataRange(form, context.clock.nowNs()),
  };
}

/** `[start, end]` as a half-open range of nanoseconds. */
export function metadataRange(form: URLSearchParams, nowNs: bigint): TimeRange {
  const { startNs, endNs } = parseBounds(form, nowNs);
  return {
    start: floorDiv(startNs, NS_PER_MS) * NS_PER_MS,
    end: (floorDiv(endNs, NS_PER_MS) + 1n) * NS_PER_MS,
  };
}

/** The envelope of a list of names; Loki leaves `data` out when it is empty. */
export function sendNames(names: readonly string[]): string {
  return `${JSON.stringify({ status: 'success', ...(names.length > 0 ? { data: names } : {}) })}\n`;
}
