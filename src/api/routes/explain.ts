import type { FastifyInstance } from 'fastify';
import { must } from '../../common/assert.ts';
import { explainJson, explainText } from '../../../planner/explain.ts';
import type { QueryRequest } from '../../services/querier/query-request.ts';
import type { ApiContext } from '../context.ts';
import { sendJson } from '../encode/query-response.ts';
import { sendText } from '../errors.ts';
import { formOf } from '../form.ts';
import { parseInstantQuery, parseRangeQuery } from '../params.ts';
import { queryOptionsOf } from '../query-options.ts';

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
      const options = queryOptionsOf(request, reply, context);
      const form = formOf(request);
      const nowNs = context.clock.nowNs();
      const analyze = form.get('analyze') === 'true';
      const query = {
        ...options,
        noCache: true,
        analyze,
        query: form.get('query') ?? '',
        params: form.has('time') ? parseInstantQuery(form, nowNs) : parseRangeQuery(form, nowNs),
        disabledRules: form.getAll('disable'),
      };
      const { planned, statistics } = await explained(context, query);
      const shown = { verbose: form.get('verbose') === 'true' };
      if (form.get('format') === 'text') return sendText(reply, 200, explainText(planned, statistics, shown));
      return sendJson(reply, `${JSON.stringify(explainJson(planned, statistics, shown))}\n`);
    },
  });
}

/** The plan, and what its run did if it is to run. */
async function explained({ frontend }: ApiContext, query: QueryRequest) {
  if (query.analyze !== true) return { planned: await frontend.plan(query), statistics: null };
  const { planned, result } = await frontend.query(query);
  return { planned: must(planned, 'a query that no cache answers has a plan'), statistics: result.statistics };
}
