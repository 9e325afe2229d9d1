import type { FastifyInstance } from 'fastify';
import { printLimits, printedLimits } from '../../config/print-config.ts';
import { LOKI_API_VERSION } from '../../version.ts';
import type { ApiContext } from '../context.ts';
import { sendPlainJson } from '../encode/query-response.ts';
import { sendText } from '../errors.ts';
import { tenantOf } from '../tenant.ts';

/** What Drilldown may know (features section 1.2), of the limits that exist here. */
const DRILLDOWN: readonly string[] = [
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

/** `/config/tenant/v1/limits`: all limits of the tenant, YAML. `/loki/api/v1/drilldown-limits`: some of them, JSON. */
export function tenantLimitsRoutes(app: FastifyInstance, context: ApiContext): void {
  app.get('/config/tenant/v1/limits', async (request, reply) =>
    sendText(reply, 200, printLimits(context.limits(tenantOf(request, context.config.auth_enabled)))),
  );
  app.get('/loki/api/v1/drilldown-limits', async (request, reply) => {
    const all = printedLimits(context.limits(tenantOf(request, context.config.auth_enabled)));
    const limits = Object.fromEntries(Object.entries(all).filter(([name]) => DRILLDOWN.includes(name)));
    return sendPlainJson(reply, { limits, pattern_ingester_enabled: false, version: LOKI_API_VERSION });
  });
}
