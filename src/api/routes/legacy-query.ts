import type { FastifyInstance } from 'fastify';
import { SkaldError } from '../../common/errors.ts';
import { parseQuery } from '../../../grammar/parse.ts';
import type { ApiContext } from '../context.ts';
import { encodeLegacyResult } from '../encode/legacy-result.ts';
import { sendJson } from '../encode/query-response.ts';
import { formOf, queryTextOf } from '../form.ts';
import { parseRangeQuery } from '../params.ts';
import { queryOptionsOf } from '../query-options.ts';

/** `/api/prom/query`: a log query over a range, answered in the shape of Loki's first API; `regexp` is one more filter. */
export function legacyQueryRoute(app: FastifyInstance, context: ApiContext): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/api/prom/query',
    handler: async (request, reply) => {
      const options = queryOptionsOf(request, reply, context);
      const form = formOf(request);
      const params = parseRangeQuery(form, context.clock.nowNs());
      const query = queryTextOf(form);
      if (parseQuery(query).kind !== 'LogExpr') refuseMetrics();
      const { result } = await context.frontend.query({ ...options, query, params });
      return sendJson(reply, result.kind === 'LogResult' ? encodeLegacyResult(result) : refuseMetrics());
    },
  });
}

function refuseMetrics(): never {
  throw new SkaldError('bad_request', 'legacy endpoints only support streams result type');
}
