import type { FastifyInstance } from 'fastify';
import type { ApiContext } from '../context.ts';
import { encodingFlagsOf, sendQueryResult } from '../encode/query-response.ts';
import { formOf } from '../form.ts';
import { parseRangeQuery } from '../params.ts';
import { queryOptionsOf } from '../query-options.ts';

/** `/loki/api/v1/query_range`: streams for log queries, a matrix for metric queries. */
export function queryRangeRoute(app: FastifyInstance, context: ApiContext): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/loki/api/v1/query_range',
    handler: async (request, reply) => {
      const options = queryOptionsOf(request, reply, context);
      const form = formOf(request);
      const params = parseRangeQuery(form, context.clock.nowNs());
      const answer = await context.frontend.query({ ...options, query: form.get('query') ?? '', params });
      return sendQueryResult(reply, answer, { instant: false, encodingFlags: encodingFlagsOf(request) });
    },
  });
}
