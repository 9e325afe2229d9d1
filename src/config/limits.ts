import { z } from 'zod';
import { parseDataSize } from '../common/data-size.ts';
import { SkaldError } from '../common/errors.ts';
import { isRegexp } from './is-regexp.ts';
import { rulerLimits } from './ruler-limits.ts';
import { INDEX_ATTRIBUTES, otlpConfigSchema, withDefaultLabels } from './otlp-config.ts';
import { csvSetting, durationSetting, optionalSizeSetting, sizeSetting, type SettingUnit } from './settings.ts';

/**
 * Limits of one tenant under Loki's names (features appendix A). Defaults are Loki's, except those that stand in the
 * way of somebody who starts one skald on one machine and pushes the logs they have:
 *
 * - `reject_old_samples` is false: `skald push old.log` must store last year's log, and storage has no penalty for old
 *   or unordered entries. Set it to true where late data can only be a mistake.
 * - `ingestion_rate_mb`, `ingestion_burst_size_mb`, `per_stream_rate_limit`, `per_stream_rate_limit_burst` and
 *   `max_global_streams_per_user` protect tenants from each other. With authentication off there is one tenant, so
 *   they are as good as open (1 GiB/s, any number of streams); with `auth_enabled: true` they are Loki's
 *   (`resolveLimits`).
 *
 * Sizes are `256KB` style with KB = 1024 bytes, as Loki reads them; durations are Prometheus or Go style.
 */

const count = (fallback: number) => z.number().int().min(0).default(fallback);
const names = (fallback: readonly string[]) => z.array(z.string().min(1)).default([...fallback]);

const SERVICE_NAME_LABELS = [
  ...['service', 'app', 'application', 'app_name', 'name', 'app_kubernetes_io_name', 'container', 'container_name'],
  ...['k8s_container_name', 'component', 'workload', 'job', 'k8s_job_name'],
];
const LEVEL_FIELDS = [
  ...['level', 'LEVEL', 'Level', 'log.level', 'severity', 'SEVERITY', 'Severity', 'SeverityText'],
  ...['lvl', 'LVL', 'Lvl', 'severity_text', 'Severity_Text', 'SEVERITY_TEXT'],
];

const ingest = {
  /** On one node `global` and `local` are the same. */
  ingestion_rate_strategy: z.enum(['global', 'local']).default('global'),
  /** MiB per second of lines and structured metadata. */
  ingestion_rate_mb: z.number().positive().optional(),
  ingestion_burst_size_mb: z.number().positive().optional(),
  max_label_name_length: count(1024),
  max_label_value_length: count(2048),
  max_label_names_per_series: count(15),
  reject_old_samples: z.boolean().default(false),
  reject_old_samples_max_age: durationSetting('7d'),
  creation_grace_period: durationSetting('10m'),
  max_line_size: sizeSetting('256KB'),
  max_line_size_truncate: z.boolean().default(false),
  max_line_size_truncate_identifier: z.string().default(''),
  increment_duplicate_timestamp: z.boolean().default(false),
  discover_service_name: names(SERVICE_NAME_LABELS),
  discover_log_levels: z.boolean().default(true),
  log_level_fields: names(LEVEL_FIELDS),
  log_level_from_json_max_depth: count(2),
  max_global_streams_per_user: z.number().int().min(0).optional(),
  per_stream_rate_limit: optionalSizeSetting()
    .optional()
    .meta({ unit: 'size' satisfies SettingUnit }),
  per_stream_rate_limit_burst: optionalSizeSetting()
    .optional()
    .meta({ unit: 'size' satisfies SettingUnit }),
  allow_structured_metadata: z.boolean().default(true),
  max_structured_metadata_size: sizeSetting('64KB'),
  max_structured_metadata_entries_count: count(128),
  /** RFC 3339; empty is not blocked. */
  block_ingestion_until: z.union([z.literal(''), z.iso.datetime({ offset: true })]).default(''),
  block_ingestion_status_code: z.number().int().min(200).max(599).default(260),
  enforced_labels: names([]),
  otlp_config: otlpConfigSchema,
};

const query = {
  max_query_series: count(500),
  max_query_lookback: durationSetting('0s'),
  max_query_length: durationSetting('30d1h'),
  max_query_range: durationSetting('0s'),
  max_streams_matchers_per_query: count(1000),
  max_concurrent_tail_requests: count(10),
  max_entries_limit_per_query: count(5000),
  query_timeout: durationSetting('1m'),
  max_query_bytes_read: sizeSetting('0'),
  required_labels: names([]),
  minimum_labels_number: count(0),
  blocked_queries: z
    .array(
      z
        .strictObject({
          pattern: z.string().default(''),
          regex: z.boolean().default(false),
          types: z.string().default(''),
          hash: z.number().int().min(0).default(0),
          /** Of `X-Query-Tags`: all of these, in any case. */
          tags: z.record(z.string(), z.string()).default({}),
        })
        .refine(({ pattern, regex }) => !regex || isRegexp(pattern), { error: 'pattern is not a regular expression' }),
    )
    .default([]),
  split_queries_by_interval: durationSetting('1h'),
  max_cache_freshness_per_query: durationSetting('10m'),
  /** Fields of JSON lines whose text patterns are found in. */
  pattern_ingester_tokenizable_json_fields_default: csvSetting('log,message,msg,msg_,_msg,content'),
  pattern_ingester_tokenizable_json_fields_append: csvSetting(''),
  pattern_ingester_tokenizable_json_fields_delete: csvSetting(''),
  volume_enabled: z.boolean().default(true),
  volume_max_series: count(1000),
};

/** Limits as they are written in `limits_config`. A name that is not here is a mistake, and reported as one. */
export const limitsSchema = z.strictObject({ ...ingest, ...query, ...rulerLimits });

/** Limits as read from a file; those that depend on authentication may still be open. */
export type ConfiguredLimits = z.output<typeof limitsSchema>;

const OPEN = {
  ingestion_rate_mb: 1024,
  ingestion_burst_size_mb: 2048,
  max_global_streams_per_user: 0,
  per_stream_rate_limit: 2 ** 30,
  per_stream_rate_limit_burst: 2 ** 31,
};
const SHARED = {
  ingestion_rate_mb: 4,
  ingestion_burst_size_mb: 6,
  max_global_streams_per_user: 5000,
  per_stream_rate_limit: parseDataSize('3MB'),
  per_stream_rate_limit_burst: parseDataSize('15MB'),
};

/** All limits of a tenant, with a value for each. */
export type Limits = Omit<ConfiguredLimits, keyof typeof OPEN> & Readonly<typeof OPEN>;

/**
 * Fills in what the file left open; `otlpLabels` are the resource attributes that are index labels by default. Throws as
 * `checkLimits` does.
 */
export function resolveLimits(
  configured: ConfiguredLimits,
  authEnabled: boolean,
  otlpLabels: readonly string[] = INDEX_ATTRIBUTES,
): Limits {
  const fallback = authEnabled ? SHARED : OPEN;
  const limits = {
    ...configured,
    otlp_config: withDefaultLabels(configured.otlp_config, otlpLabels),
    ingestion_rate_mb: configured.ingestion_rate_mb ?? fallback.ingestion_rate_mb,
    ingestion_burst_size_mb: configured.ingestion_burst_size_mb ?? fallback.ingestion_burst_size_mb,
    max_global_streams_per_user: configured.max_global_streams_per_user ?? fallback.max_global_streams_per_user,
    per_stream_rate_limit: configured.per_stream_rate_limit ?? fallback.per_stream_rate_limit,
    per_stream_rate_limit_burst: configured.per_stream_rate_limit_burst ?? fallback.per_stream_rate_limit_burst,
  };
  checkLimits(limits);
  return limits;
}

/** Throws SkaldError `bad_config` when two limits contradict each other. */
export function checkLimits(limits: Limits): void {
  const identifier = Buffer.byteLength(limits.max_line_size_truncate_identifier);
  if (limits.max_line_size_truncate && identifier > limits.max_line_size) {
    throw new SkaldError(
      'bad_config',
      `Cannot truncate lines: max_line_size_truncate_identifier has ${identifier} bytes, ` +
        `expected at most max_line_size (${limits.max_line_size})`,
    );
  }
}

/** Fields of JSON lines that patterns are found in. */
export function tokenizableFields(limits: Limits): ReadonlySet<string> {
  const fields = new Set([
    ...limits.pattern_ingester_tokenizable_json_fields_default,
    ...limits.pattern_ingester_tokenizable_json_fields_append,
  ]);
  for (const name of limits.pattern_ingester_tokenizable_json_fields_delete) fields.delete(name);
  return fields;
}
