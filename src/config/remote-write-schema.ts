import { z } from 'zod';
import { relabelSchema } from './relabel-schema.ts';
import { durationSetting, secretSetting, urlSetting } from './settings.ts';

const HTTP_URL = /^https?:\/\//;

/** Sending of samples, under Prometheus' names. One sender keeps the order of a tenant's samples. */
const queueSchema = z
  .strictObject({
    /** Samples that are read from disk ahead of being sent. */
    capacity: z.number().int().min(1).default(10_000),
    /** Senders are not added under load: both without effect. */
    min_shards: z.number().int().min(1).default(1),
    max_shards: z.number().int().min(1).default(1),
    max_samples_per_send: z.number().int().min(1).default(2000),
    /** How long a sample waits for others to be sent with. */
    batch_send_deadline: durationSetting('5s'),
    min_backoff: durationSetting('30ms'),
    max_backoff: durationSetting('5s'),
    /** Whether 429 is tried again like a failure of the receiver; without it the samples are dropped. */
    retry_on_http_429: z.boolean().default(true),
    /** Samples that have waited longer are dropped; 0: ruler.wal.max_age. */
    sample_age_limit: durationSetting('0s'),
  })
  .prefault({});

const tlsSchema = z.strictObject({
  ca_file: z.string().default(''),
  cert_file: z.string().default(''),
  key_file: z.string().default(''),
  server_name: z.string().default(''),
  insecure_skip_verify: z.boolean().default(false),
  min_version: z.enum(['', 'TLS10', 'TLS11', 'TLS12', 'TLS13']).default(''),
});

const clientSchema = z
  .strictObject({
    url: urlSetting(z.string().regex(HTTP_URL, { error: 'expected an http or https URL' })),
    /** In metrics and the log; empty: its key. */
    name: z.string().default(''),
    remote_timeout: durationSetting('30s'),
    headers: z.record(z.string(), secretSetting()).default({}),
    write_relabel_configs: z.array(relabelSchema).default([]),
    basic_auth: z
      .strictObject({
        username: z.string().default(''),
        password: secretSetting(),
        password_file: z.string().default(''),
      })
      .optional(),
    authorization: z
      .strictObject({
        type: z.string().default('Bearer'),
        credentials: secretSetting(),
        credentials_file: z.string().default(''),
      })
      .optional(),
    bearer_token: secretSetting(),
    bearer_token_file: z.string().default(''),
    tls_config: tlsSchema.prefault({}),
    queue_config: queueSchema,
  })
  .refine(
    ({ basic_auth, authorization, bearer_token: token, bearer_token_file: file }) =>
      [basic_auth !== undefined, authorization !== undefined, token !== '' || file !== ''].filter(Boolean).length <= 1,
    { error: 'at most one of basic_auth, authorization and bearer_token must be configured' },
  );

export type RemoteWriteClientConfig = z.output<typeof clientSchema>;

/** Where what rules record is sent, by name (`ruler.remote_write`). */
export const remoteWriteSchema = z
  .strictObject({
    enabled: z.boolean().default(false),
    /** Loki's older form, for one receiver. */
    client: clientSchema.optional(),
    clients: z.record(z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/), clientSchema).default({}),
    /** Whether requests say whose samples they are: `X-Scope-OrgID`. */
    add_org_id_header: z.boolean().default(true),
  })
  .refine(({ enabled, client, clients }) => !enabled || client !== undefined || Object.keys(clients).length > 0, {
    error: 'remote-write enabled but no clients are configured',
  })
  .prefault({});

export type RemoteWriteConfig = z.output<typeof remoteWriteSchema>;
