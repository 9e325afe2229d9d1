import { z } from 'zod';
import { relabelSchema } from './relabel-schema.ts';
import { remoteWriteSchema } from './remote-write-schema.ts';
import { durationSetting, secretSetting, sizeSetting, urlSetting } from './settings.ts';

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

const storageSchema = z
  .strictObject({
    /**
     * `local`: files that the operator writes, read-only for the API. `filesystem`: objects in a directory of their own.
     * Empty: `local` when its directory is set, else objects beside the chunks.
     */
    type: z.enum(['', 'local', 'filesystem']).default(''),
    /** One directory for each tenant in it (`fake` without authentication). */
    local: z.strictObject({ directory: z.string().default('') }).prefault({}),
    filesystem: z.strictObject({ dir: z.string().default('') }).prefault({}),
  })
  .prefault({});

export const alertmanagerClientSchema = z.strictObject({
  tls_cert_path: z.string().default(''),
  tls_key_path: z.string().default(''),
  tls_ca_path: z.string().default(''),
  tls_server_name: z.string().default(''),
  tls_insecure_skip_verify: z.boolean().default(false),
  tls_min_version: z.enum(['', 'VersionTLS10', 'VersionTLS11', 'VersionTLS12', 'VersionTLS13']).default(''),
  basic_auth_username: z.string().default(''),
  basic_auth_password: secretSetting(),
  /** `Authorization: <type> <credentials>`. */
  type: z.string().default('Bearer'),
  credentials: secretSetting(),
  credentials_file: z.string().default(''),
});

const evaluationSchema = z
  .strictObject({
    /** Queries run in this process, by its own engine. */
    mode: z.literal('local').default('local'),
    /** Rules that are evaluated at the same time, and how many of one tenant. */
    max_concurrent: z.number().int().min(1).max(256).default(8),
    max_concurrent_per_tenant: z.number().int().min(1).max(256).default(4),
  })
  .prefault({});

const walSchema = z
  .strictObject({
    /** Where samples wait for remote write; empty: `<path_prefix>/ruler-wal`. */
    dir: z.string().default(''),
    /** Samples that have waited longer are dropped. */
    max_age: durationSetting('4h'),
    /** Of the samples of one tenant that wait for one receiver; above it the oldest are dropped. */
    max_bytes: sizeSetting('1GB'),
  })
  .prefault({});

/** Log lines that templates of alerts can show (`$logs`). */
const sampleLinesSchema = z
  .strictObject({
    /** Of one alert; 0 is none: lines then never leave with alerts. */
    max: z.number().int().min(0).max(100).default(10),
    max_line_size: sizeSetting('512B'),
    /** Applied to each line, in order. */
    redact: z
      .array(z.strictObject({ regex: z.string().min(1), replacement: z.string().default('<redacted>') }))
      .default([]),
  })
  .prefault({});

/** The ruler. Names and defaults are Loki's where Loki has the setting. */
export const rulerSchema = z
  .strictObject({
    /** Of Grafana: what alerts link to. */
    external_url: z.string().default(''),
    datasource_uid: z.string().default(''),
    /** Added to every alert that does not have them. */
    external_labels: z.record(z.string().regex(LABEL_NAME), z.string()).default({}),
    enable_api: z.boolean().default(true),
    /** Where the state of alerts is kept; empty: `<path_prefix>/ruler`. */
    rule_path: z.string().default(''),
    storage: storageSchema,
    poll_interval: durationSetting('1m'),
    evaluation_interval: durationSetting('1m'),
    /** Comma-separated; every one of them gets every alert. */
    alertmanager_url: urlSetting(z.string().default('')),
    alert_relabel_configs: z.array(relabelSchema).default([]),
    alertmanager_client: alertmanagerClientSchema.prefault({}),
    /** Alerts that wait for one Alertmanager; the oldest is dropped when there are more. */
    notification_queue_capacity: z.number().int().min(1).default(10_000),
    notification_timeout: durationSetting('10s'),
    /** State of alerts that is older is forgotten at a start. */
    for_outage_tolerance: durationSetting('1h'),
    /** After an outage, an alert waits this long at least before it fires. */
    for_grace_period: durationSetting('10m'),
    /** How often an alert that goes on firing is sent. */
    resend_delay: durationSetting('1m'),
    evaluation: evaluationSchema,
    sample_lines: sampleLinesSchema,
    wal: walSchema,
    remote_write: remoteWriteSchema,
    /** Inner networks (CIDR) that the Alertmanager or remote-write URLs of a tenant's limits may be in. */
    allowed_private_ranges: z.array(z.union([z.cidrv4(), z.cidrv6()])).default([]),
  })
  .prefault({});

export type RulerConfig = z.output<typeof rulerSchema>;
