import type { FastifyInstance } from 'fastify';
import { formatQuery } from '../../../grammar/format.ts';
import { messageOf } from '../../common/errors.ts';
import { sendJson } from '../encode/query-response.ts';
import { formOf } from '../form.ts';

/** `/loki/api/v1/format_query`: the query, pretty-printed. */
export function formatQueryRoute(app: FastifyInstance): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/loki/api/v1/format_query',
    handler: async (request, reply) => {
      try {
        const data = formatQuery(formOf(request).get('query') ?? '');
        return sendJson(reply, `${JSON.stringify({ status: 'success', data })}\n`);
      } catch (error) {
        return sendJson(reply, `${JSON.stringify({ status: 'invalid-query', error: messageOf(error) })}\n`, 400);
      }
    },
  });
}
