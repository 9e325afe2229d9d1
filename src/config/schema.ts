import { z } from 'zod';
import { parseAddress } from '../common/address.ts';
import { limitsSchema } from './limits.ts';
import { otlpDefaultsSchema } from './otlp-config.ts';
import { rulerSchema } from './ruler-schema.ts';
import { durationSetting, secretSetting, sizeSetting } from './settings.ts';

const port = (fallback: number) => z.number().int().min(0).max(65_535).default(fallback);

const serverSchema = z
  .strictObject({
    http_listen_address: z.string().default(''),
    http_listen_port: port(3100),
    grpc_listen_address: z.string().default(''),
    grpc_listen_port: port(9095),
    /** Bytes of one message, as sizes or plain numbers. */
    grpc_server_max_recv_msg_size: sizeSetting('4MB'),
    grpc_server_max_send_msg_size: sizeSetting('4MB'),
    grpc_server_max_concurrent_streams: z.number().int().min(1).default(100),
    graceful_shutdown_timeout: durationSetting('30s'),
    log_level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
    log_format: z.enum(['logfmt', 'json']).default('logfmt'),
  })
  .prefault({});

const commonSchema = z
  .strictObject({
    path_prefix: z.string().min(1).default('./data'),
    storage: z
      .strictObject({
        filesystem: z
          .strictObject({
            /** Empty: `<path_prefix>/objects`. */
            chunks_directory: z.string().default(''),
          })
          .prefault({}),
      })
      .prefault({}),
  })
  .prefault({});

const ingesterSchema = z
  .strictObject({
    wal: z
      .strictObject({
        /** Empty: `<path_prefix>/wal`. */
        dir: z.string().default(''),
        /** `always`: a push is answered after its record is on disk. `interval`: at most `sync_interval` is at risk. */
        sync: z.enum(['always', 'interval']).default('always'),
        sync_interval: durationSetting('100ms'),
        segment_size: sizeSetting('64MB'),
        /** What a start does at damage in the WAL: `refuse`, or `repair` (docs/format/wal.md). */
        on_damage: z.enum(['refuse', 'repair']).default('refuse'),
      })
      .prefault({}),
    head: z
      .strictObject({
        /** All heads together; pushes wait, then fail with 503, when flushing cannot keep up. */
        max_bytes: sizeSetting('192MB'),
        /** A tenant's head is cut when it holds this much. */
        cut_bytes: sizeSetting('64MB'),
        /** How long a push waits for room. */
        push_wait: durationSetting('5s'),
      })
      .prefault({}),
    max_chunk_age: durationSetting('2h'),
    chunk_idle_period: durationSetting('30m'),
    flush_check_period: durationSetting('30s'),
    flush_on_shutdown: z.boolean().default(true),
    chunk_encoding: z.enum(['zstd', 'lz4']).default('zstd'),
  })
  .prefault({});

const distributorSchema = z
  .strictObject({
    /** Bytes of a push as it is received, and decompressed; the latter is 2 GiB at most, whatever is written. */
    max_recv_msg_size: sizeSetting('100MB'),
    max_decompressed_size: sizeSetting('256MB'),
    otlp_config: otlpDefaultsSchema,
  })
  .prefault({});

const patternIngesterSchema = z
  .strictObject({
    /** Whether `/loki/api/v1/patterns` answers. Patterns are found when they are asked for: nobody else pays for them. */
    enabled: z.boolean().default(true),
    /** Patterns of one stream and level. */
    max_clusters: z.number().int().min(1).max(10_000).default(300),
  })
  .prefault({});

const querierSchema = z
  .strictObject({
    /** `X-Scope-OrgID: a|b` reads both tenants. */
    multi_tenant_queries_enabled: z.boolean().default(false),
    /** Query worker threads; 0 takes one for each core. */
    workers: z.number().int().min(0).max(256).default(0),
    /** Memory that one query may hold in a worker. */
    query_memory: sizeSetting('512MB'),
    tail_max_duration: durationSetting('1h'),
    /** Queries that run at the same time; others wait in the queue of their tenant. */
    max_concurrent: z.number().int().min(1).default(4),
    /**
     * How long a process that has started reads indexes and runs queries of its own, so that those of the first callers
     * are not slow; 0 is not at all.
     */
    warm_up_timeout: durationSetting('10s'),
    /** Whether `X-Loki-Query-Limits` makes the limits of a request stricter. */
    per_request_limits_enabled: z.boolean().default(false),
  })
  .prefault({});

const querySchedulerSchema = z
  .strictObject({
    /** Queries of one tenant that wait; further ones are refused with 429. */
    max_outstanding_requests_per_tenant: z.number().int().min(1).default(32_000),
  })
  .prefault({});

const resultsCacheSchema = z
  .strictObject({
    /** Of values; empty is none. */
    compression: z.enum(['', 'snappy']).default(''),
    cache: z
      .strictObject({
        /** How long values are kept where the store does not say. */
        default_validity: durationSetting('1h'),
        /** In the memory of the process: the cache unless Redis is named, whatever `enabled` says. */
        embedded_cache: z
          .strictObject({
            enabled: z.boolean().default(false),
            max_size_mb: z.number().int().min(1).default(100),
            /** 0 is any number. */
            max_size_items: z.number().int().min(0).default(0),
            ttl: durationSetting('1h'),
          })
          .prefault({}),
        redis: z
          .strictObject({
            /** `host:port`; empty: no Redis. */
            endpoint: z
              .string()
              .refine((text) => text === '' || parseAddress(text) !== null, {
                error: 'expected one address, host:port',
              })
              .default(''),
            username: z.string().default(''),
            password: secretSetting(),
            db: z.number().int().min(0).default(0),
            timeout: durationSetting('500ms'),
            /** 0 is default_validity. */
            expiration: durationSetting('0s'),
            tls_enabled: z.boolean().default(false),
            tls_insecure_skip_verify: z.boolean().default(false),
          })
          .prefault({}),
      })
      .prefault({}),
  })
  .prefault({});

const queryRangeSchema = z
  .strictObject({
    /** Keep answers of metric range queries. */
    cache_results: z.boolean().default(false),
    results_cache: resultsCacheSchema,
    /** Attempts in all, when the worker of a query dies. */
    max_retries: z.number().int().min(1).default(5),
  })
  .prefault({});

const runtimeConfigSchema = z
  .strictObject({
    /** Limits per tenant, read again while the server runs; empty: none. */
    file: z.string().default(''),
    period: durationSetting('10s'),
  })
  .prefault({});

const frontendSchema = z
  .strictObject({
    /** gzip for clients that accept it. */
    compress_responses: z.boolean().default(true),
    /** Queries that take longer are logged with their parameters; 0 is none, a negative one all. */
    log_queries_longer_than: durationSetting('0s'),
  })
  .prefault({});

/** The configuration file. Names and meanings are Loki's where Loki has the concept. */
export const configSchema = z.strictObject({
  target: z.string().default('all'),
  auth_enabled: z.boolean().default(false),
  server: serverSchema,
  common: commonSchema,
  distributor: distributorSchema,
  ingester: ingesterSchema,
  pattern_ingester: patternIngesterSchema,
  querier: querierSchema,
  query_scheduler: querySchedulerSchema,
  frontend: frontendSchema,
  ruler: rulerSchema,
  query_range: queryRangeSchema,
  limits_config: limitsSchema.prefault({}),
  runtime_config: runtimeConfigSchema,
});

/** The configuration as the program uses it: durations are milliseconds, sizes bytes. */
export type Config = z.output<typeof configSchema>;
