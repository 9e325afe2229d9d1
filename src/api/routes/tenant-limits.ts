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

/**
 * Some limits of the tenant, sorted by name, with units as people write them: `/config/tenant/v1/limits` as YAML,
 * `/loki/api/v1/drilldown-limits` as JSON.
 */
export function tenantLimitsRoutes(app: FastifyInstance, context: ApiContext): void {
  const limitsFor = (request: FastifyRequest): Record<string, unknown> => {
    const all = printedLimits(context.limits(tenantOf(request, context.config.auth_enabled)));
    const shown = Object.entries(all).filter(([name]) => SHOWN.includes(name));
    return Object.fromEntries(shown.sort(([a], [b]) => compareUtf8(a, b)));
  };
  app.get('/config/tenant/v1/limits', async (request, reply) =>
    reply.header('content-type', 'text/plain; charset=utf-8').send(printYaml(limitsFor(request))),
  );
  app.get('/loki/api/v1/drilldown-limits', async (request, reply) =>
    sendPlainJson(reply, {
      limits: limitsFor(request),
      pattern_ingester_enabled: false,
      version: LOKI_API_VERSION,
    }),
  );
}
