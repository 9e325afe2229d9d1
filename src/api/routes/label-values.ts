import type { FastifyInstance } from 'fastify';
import type { ApiContext } from '../context.ts';
import { sendJson } from '../encode/query-response.ts';
import { formOf } from '../form.ts';
import { metadataRequest, sendNames } from '../metadata-request.ts';

/** `/loki/api/v1/label/{name}/values`. */
export function labelValuesRoute(app: FastifyInstance, context: ApiContext): void {
  app.route<{ Params: { name: string } }>({
    method: ['GET', 'POST'],
    url: '/loki/api/v1/label/:name/values',
    handler: async (request, reply) => {
      const found = metadataRequest(request, formOf(request), context);
      return sendJson(reply, sendNames(await context.catalog.labelValues({ ...found, name: request.params.name })));
    },
  });
}
