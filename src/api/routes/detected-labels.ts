import type { FastifyInstance } from 'fastify';
import { detectLabels } from '../../services/querier/detected-labels.ts';
import type { ApiContext } from '../context.ts';
import { sendJson } from '../encode/query-response.ts';
import { formOf } from '../form.ts';
import { metadataRequest } from '../metadata-request.ts';

/** `/loki/api/v1/detected_labels`: labels with their numbers of values. Without labels the answer is `{}`. */
export function detectedLabelsRoute(app: FastifyInstance, context: ApiContext): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/loki/api/v1/detected_labels',
    handler: async (request, reply) => {
      const { tenant, matchers, range } = metadataRequest(request, formOf(request), context);
      const series = await context.catalog.series({ tenant, matcherSets: [matchers], range });
      const labels = detectLabels(series);
      return sendJson(reply, `${JSON.stringify(labels.length > 0 ? { detectedLabels: labels } : {})}\n`);
    },
  });
}
