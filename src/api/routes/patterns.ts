import type { FastifyInstance } from 'fastify';
import { SkaldError } from '../../common/errors.ts';
import { jsonText } from '../../common/go-json.ts';
import { NS_PER_SECOND } from '../../common/time.ts';
import { parseMatchers } from '../../../grammar/parse.ts';
import { tokenizableFields } from '../../config/limits.ts';
import { findPatterns, type Pattern } from '../../services/patterns/find-patterns.ts';
import type { ApiContext } from '../context.ts';
import { sendJson } from '../encode/query-response.ts';
import { formOf } from '../form.ts';
import { parseBounds, parseStep } from '../params.ts';
import { queryOptionsOf } from '../query-options.ts';

const STEP_MIN_NS = 10n * NS_PER_SECOND;

/** `/loki/api/v1/patterns`: what the lines of some streams have in common, by level and time (features section 1.2). */
export function patternsRoute(app: FastifyInstance, context: ApiContext): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/loki/api/v1/patterns',
    handler: async (request, reply) => {
      const asker = queryOptionsOf(request, reply, context);
      const { enabled, max_clusters: clustersMax } = context.config.pattern_ingester;
      if (!enabled) throw new SkaldError('not_found', 'not found');
      const form = formOf(request);
      const limits = context.limits(asker.tenant);
      const patterns = await findPatterns(
        { ...parsePatterns(form, context.clock.nowNs()), asker },
        {
          clustersMax,
          jsonFields: tokenizableFields(limits),
          entriesMax: limits.max_entries_limit_per_query,
          query: (query) => context.frontend.query(query),
        },
      );
      return sendJson(reply, `{"status":"success","data":[${patterns.map(encodePattern).join(',')}]}\n`);
    },
  });
}

function parsePatterns(form: URLSearchParams, nowNs: bigint) {
  const selector = form.get('query') ?? '';
  parseMatchers(selector);
  const { startNs, endNs } = parseBounds(form, nowNs);
  if (endNs < startNs) {
    throw new SkaldError('bad_request', 'end timestamp must not be before or equal to start time');
  }
  const stepNs = parseStep(form, startNs, endNs);
  return { selector, startNs, endNs, stepNs: stepNs < STEP_MIN_NS ? STEP_MIN_NS : stepNs };
}

function encodePattern({ text, level, samples }: Pattern): string {
  return `{"pattern":${jsonText(text)},"level":${jsonText(level)},"samples":${JSON.stringify(samples)}}`;
}
