import type { FastifyInstance } from 'fastify';
import type { ApiContext } from '../context.ts';
import { sendJson } from '../encode/query-response.ts';
import { formOf } from '../form.ts';
import { metadataRequest, sendNames } from '../metadata-request.ts';

/** `/loki/api/v1/labels` and its aliases: names of stream labels in the range, `query` narrows by matchers. */
export function labelsRoute(app: FastifyInstance, context: ApiContext): void {
  for (const url of ['/loki/api/v1/labels', '/loki/api/v1/label', '/api/prom/label']) {
    app.route({
      method: ['GET', 'POST'],
      url,
      handler: async (request, reply) => {
        const names = await context.catalog.labelNames(metadataRequest(request, formOf(request), context));
        return sendJson(reply, sendNames(names));
      },
    });
  }
}
