import type { FastifyInstance } from 'fastify';
import { formatQuery } from '../../../grammar/format.ts';
import { messageOf } from '../../common/errors.ts';
import { sendStatusJson } from '../encode/query-response.ts';
import { formOf } from '../form.ts';

/** `/loki/api/v1/format_query`: the query, pretty-printed. */
export function formatQueryRoute(app: FastifyInstance): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/loki/api/v1/format_query',
    handler: async (request, reply) => {
      try {
        const data = formatQuery(formOf(request).get('query') ?? '');
        return sendStatusJson(reply, { status: 'success', data });
      } catch (error) {
        return sendStatusJson(reply, { status: 'invalid-query', error: messageOf(error) }, 400);
      }
    },
  });
}
