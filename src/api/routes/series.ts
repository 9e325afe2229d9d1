import type { FastifyInstance } from 'fastify';
import type { Matcher } from '../../common/matcher.ts';
import { SkaldError } from '../../common/errors.ts';
import { parseMatchers } from '../../../grammar/parse.ts';
import type { ApiContext } from '../context.ts';
import { jsonLabels } from '../encode/json-text.ts';
import { sendJson } from '../encode/query-response.ts';
import { formOf } from '../form.ts';
import { metadataRange } from '../metadata-request.ts';
import { queryTenantOf } from '../tenant.ts';

/** Groups of matchers in a request. */
const GROUPS_MAX = 1000;

/** `/loki/api/v1/series` and its old path: label sets of streams that match any `match[]` group; without groups, all streams. */
export function seriesRoute(app: FastifyInstance, context: ApiContext): void {
  for (const url of ['/loki/api/v1/series', '/api/prom/series']) {
    app.route({
      method: ['GET', 'POST'],
      url,
      handler: async (request, reply) => {
        const form = formOf(request);
        const series = await context.catalog.series({
          tenant: queryTenantOf(request, context),
          matcherSets: parseGroups([...form.getAll('match'), ...form.getAll('match[]')]),
          range: metadataRange(form, context.clock.nowNs()),
        });
        const data = series.map(({ pairs }) => jsonLabels(pairs)).join(',');
        return sendJson(reply, `{"status":"success","data":[${data}]}\n`);
      },
    });
  }
}

/** No group, or a single `{}`, selects everything; an empty group among others is refused (features section 1.2). */
function parseGroups(groups: readonly string[]): readonly (readonly Matcher[])[] {
  if (groups.length === 0 || (groups.length === 1 && /^\s*\{\s*\}\s*$/.test(groups[0] ?? ''))) return [];
  if (groups.length > GROUPS_MAX) {
    throw new SkaldError('bad_request', `too many match[] groups: ${groups.length}, expected at most ${GROUPS_MAX}`);
  }
  return groups.map((group) => {
    const matchers = parseMatchers(group, { allowEmpty: true });
    if (matchers.length === 0) throw new SkaldError('bad_request', `0 matchers in group: ${group}`);
    return matchers;
  });
}
