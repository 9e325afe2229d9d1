import type { FastifyInstance } from 'fastify';
import { parseMatchers } from '../../../grammar/parse.ts';
import type { ApiContext } from '../context.ts';
import { sendJson } from '../encode/query-response.ts';
import { formOf } from '../form.ts';
import { metadataRange } from '../metadata-request.ts';
import { queryTenantOf } from '../tenant.ts';

/** `/loki/api/v1/index/stats`: what is stored of the streams that match, estimated from indexes and head. No envelope. */
export function indexStatsRoute(app: FastifyInstance, context: ApiContext): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/loki/api/v1/index/stats',
    handler: async (request, reply) => {
      const form = formOf(request);
      const { streams, chunks, bytes, entries } = await context.catalog.stats({
        tenant: queryTenantOf(request, context),
        matchers: parseMatchers(form.get('query') ?? ''),
        range: metadataRange(form, context.clock.nowNs()),
      });
      return sendJson(reply, `${JSON.stringify({ streams, chunks, bytes, entries })}\n`);
    },
  });
}
