import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SkaldError } from '../../common/errors.ts';
import type { Matcher } from '../../common/matcher.ts';
import { floorDiv, NS_PER_MS } from '../../common/time.ts';
import { parseMatchers } from '../../../grammar/parse.ts';
import { findVolumes, type VolumeRequest } from '../../services/querier/volume.ts';
import type { ApiContext } from '../context.ts';
import { sendJson } from '../encode/query-response.ts';
import { encodeVolumes } from '../encode/volumes.ts';
import { formOf } from '../form.ts';
import { parseBounds, parseLimit, parseStep } from '../params.ts';
import { queryTenantOf } from '../tenant.ts';

const LIMIT_DEFAULT = 100;
/** Each is one more matcher. */
const TARGET_LABELS_MAX = 1000;

/** `/loki/api/v1/index/volume` and `volume_range`: bytes by label, estimated from indexes and head (spec fact 174). */
export function volumeRoutes(app: FastifyInstance, context: ApiContext): void {
  for (const name of ['volume', 'volume_range'] as const) {
    app.route({
      method: ['GET', 'POST'],
      url: `/loki/api/v1/index/${name}`,
      handler: async (request, reply) => {
        const tenant = queryTenantOf(request, context);
        if (!context.limits(tenant).volume_enabled) throw new SkaldError('not_found', 'not found');
        const volumes = await findVolumes(
          context.catalog,
          volumeRequest(request, tenant, context, name === 'volume_range'),
        );
        return sendJson(reply, encodeVolumes(volumes));
      },
    });
  }
}

function volumeRequest(
  request: FastifyRequest,
  tenant: string,
  { clock, limits }: ApiContext,
  isRange: boolean,
): VolumeRequest {
  const form = formOf(request);
  const { startNs, endNs } = parseBounds(form, clock.nowNs());
  if (endNs < startNs) {
    throw new SkaldError('bad_request', 'end timestamp must not be before or equal to start time');
  }
  return {
    tenant,
    matchers: parseSelector(form.get('query') ?? ''),
    startNs: floorDiv(startNs, NS_PER_MS) * NS_PER_MS,
    endNs: -floorDiv(-endNs, NS_PER_MS) * NS_PER_MS,
    stepNs: isRange ? parseStep(form, startNs, endNs) : null,
    limit: form.get('limit') === '0' ? LIMIT_DEFAULT : parseLimit(form),
    targetLabels: parseTargets(form.get('targetLabels') ?? ''),
    aggregateBy: parseAggregation(form.get('aggregateBy') ?? ''),
    maxSeries: limits(tenant).volume_max_series,
  };
}

/** `{}` is everything; any other selector must select something. */
function parseSelector(query: string): Matcher[] {
  return query.trim() === '{}' ? [] : parseMatchers(query);
}

function parseTargets(text: string): string[] {
  const names = [...new Set(text.split(',').filter((name) => name !== ''))];
  if (names.length <= TARGET_LABELS_MAX) return names;
  const message = `too many target labels: ${names.length}, expected at most ${TARGET_LABELS_MAX}`;
  throw new SkaldError('bad_request', message);
}

function parseAggregation(text: string): 'series' | 'labels' {
  if (text === '' || text === 'series') return 'series';
  if (text === 'labels') return 'labels';
  throw new SkaldError('bad_request', 'invalid aggregation option');
}
