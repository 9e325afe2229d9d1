import type { FastifyInstance } from 'fastify';
import type { ApiContext } from '../context.ts';
import { sendJson } from '../encode/query-response.ts';
import { formOf } from '../form.ts';
import { metadataRequest, sendNames } from '../metadata-request.ts';

/** `/loki/api/v1/label/{name}/values` and its old path. */
export function labelValuesRoute(app: FastifyInstance, context: ApiContext): void {
  for (const url of ['/loki/api/v1/label/:name/values', '/api/prom/label/:name/values']) {
    app.route<{ Params: { name: string } }>({
      method: ['GET', 'POST'],
      url,
      handler: async (request, reply) => {
        const found = metadataRequest(request, formOf(request), context);
        return sendJson(reply, sendNames(await context.catalog.labelValues({ ...found, name: request.params.name })));
      },
    });
  }
}
