import type { FastifyInstance } from 'fastify';
import { explainJson, explainText } from '../../../planner/explain.ts';
import { abortSignalOf } from '../abort.ts';
import type { ApiContext } from '../context.ts';
import { queryTagsOf, sendJson } from '../encode/query-response.ts';
import { sendText } from '../errors.ts';
import { formOf } from '../form.ts';
import { parseInstantQuery, parseRangeQuery } from '../params.ts';
import { queryTenantOf } from '../tenant.ts';

/**
 * `/skald/api/v1/explain`: the plan of a query, JSON or `format=text`. Parameters are those of `query_range`, or of
 * `query` when `time` is given; `analyze=true` runs it and adds what each operator did; `verbose=true` shows the plan
 * after every rule that changed it; `disable=Rule` switches a rule off.
 */
export function explainRoute(app: FastifyInstance, context: ApiContext): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/skald/api/v1/explain',
    handler: async (request, reply) => {
      const tenant = queryTenantOf(request, context);
      const form = formOf(request);
      const nowNs = context.clock.nowNs();
      const analyze = form.get('analyze') === 'true';
      const query = {
        analyze,
        tenant,
        query: form.get('query') ?? '',
        params: form.has('time') ? parseInstantQuery(form, nowNs) : parseRangeQuery(form, nowNs),
        signal: abortSignalOf(reply),
        tags: queryTagsOf(request),
        disabledRules: form.getAll('disable'),
      };
      const answer = analyze
        ? await context.querier.query(query)
        : { ...(await context.querier.plan(query)), result: null };
      const statistics = answer.result?.statistics ?? null;
      const options = { verbose: form.get('verbose') === 'true' };
      if (form.get('format') === 'text') return sendText(reply, 200, explainText(answer.planned, statistics, options));
      return sendJson(reply, `${JSON.stringify(explainJson(answer.planned, statistics, options))}\n`);
    },
  });
}
