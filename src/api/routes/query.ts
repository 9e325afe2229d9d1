import type { FastifyInstance } from 'fastify';
import type { ApiContext } from '../context.ts';
import { encodingFlagsOf, sendQueryResult } from '../encode/query-response.ts';
import { formOf } from '../form.ts';
import { parseInstantQuery } from '../params.ts';
import { queryOptionsOf } from '../query-options.ts';

/** `/loki/api/v1/query`: a vector at one time, or a scalar for a literal. Log queries are refused (spec fact 26). */
export function queryRoute(app: FastifyInstance, context: ApiContext): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/loki/api/v1/query',
    handler: async (request, reply) => {
      const options = queryOptionsOf(request, reply, context);
      const form = formOf(request);
      const params = parseInstantQuery(form, context.clock.nowNs());
      const answer = await context.frontend.query({ ...options, query: form.get('query') ?? '', params });
      return sendQueryResult(reply, answer, { instant: true, encodingFlags: encodingFlagsOf(request) });
    },
  });
}
