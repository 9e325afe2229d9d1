import type { FastifyInstance, FastifyRequest } from 'fastify';
import { compareUtf8 } from '../../common/utf8.ts';
import { printedLimits, printYaml } from '../../config/print-config.ts';
import { LOKI_API_VERSION } from '../../version.ts';
import type { ApiContext } from '../context.ts';
import { sendPlainJson } from '../encode/query-response.ts';
import { tenantOf } from '../tenant.ts';

/** What tenants and Drilldown may know (features section 1.2), of the limits that exist here. */
const SHOWN: readonly string[] = [
  'discover_log_levels',
  'discover_service_name',
  'log_level_fields',
  'max_entries_limit_per_query',
  'max_line_size_truncate',
  'max_query_bytes_read',
  'max_query_length',
  'max_query_lookback',
  'max_query_range',
  'max_query_series',
  'metric_aggregation_enabled',
  'otlp_config',
  'pattern_persistence_enabled',
  'query_timeout',
  'retention_period',
  'retention_stream',
  'volume_enabled',
  'volume_max_series',
];

/** Nothing is deleted: as in a Loki that has no retention. */
const NO_RETENTION = { retention_period: '0s' };

/**
 * Some limits of the tenant, sorted by name, with units as people write them: `/config/tenant/v1/limits` as YAML,
 * `/loki/api/v1/drilldown-limits` as JSON.
 */
export function tenantLimitsRoutes(app: FastifyInstance, context: ApiContext): void {
  const limitsFor = (request: FastifyRequest): Record<string, unknown> => {
    const all = printedLimits(context.limits(tenantOf(request, context.config.auth_enabled)));
    const shown = Object.entries({ ...all, ...NO_RETENTION, otlp_config: withoutEmpty(all['otlp_config']) }).filter(
      ([name]) => SHOWN.includes(name),
    );
    return Object.fromEntries(shown.sort(([a], [b]) => compareUtf8(a, b)));
  };
  app.get('/config/tenant/v1/limits', async (request, reply) =>
    reply.header('content-type', 'text/plain; charset=utf-8').send(printYaml(limitsFor(request))),
  );
  app.get('/loki/api/v1/drilldown-limits', async (request, reply) =>
    sendPlainJson(reply, {
      limits: limitsFor(request),
      pattern_ingester_enabled: context.config.pattern_ingester.enabled,
      version: LOKI_API_VERSION,
    }),
  );
}

/** Without members that are empty lists, empty maps or false, as Loki writes this one limit. */
function withoutEmpty(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const members = Object.entries(value).map(([name, item]) => [name, withoutEmpty(item)] as const);
  return Object.fromEntries(members.filter(([, item]) => item !== false && !isEmpty(item)));
}

function isEmpty(item: unknown): boolean {
  return typeof item === 'object' && item !== null && Object.keys(item).length === 0;
}
