/** Command-line flags that set a key of the configuration file; a flag wins over the file. */
export interface ConfigFlag {
  readonly name: string;
  readonly path: readonly string[];
  readonly type: 'string' | 'number' | 'boolean';
  readonly help: string;
}

export const CONFIG_FLAGS: readonly ConfigFlag[] = [
  {
    name: 'target',
    path: ['target'],
    type: 'string',
    help: 'Comma-separated list of components to run; see -list-targets.',
  },
  {
    name: 'auth.enabled',
    path: ['auth_enabled'],
    type: 'boolean',
    help: 'Require X-Scope-OrgID; without it every request belongs to the tenant "fake".',
  },
  {
    name: 'server.http-listen-address',
    path: ['server', 'http_listen_address'],
    type: 'string',
    help: 'HTTP listen address; empty listens on all.',
  },
  {
    name: 'server.http-listen-port',
    path: ['server', 'http_listen_port'],
    type: 'number',
    help: 'HTTP listen port; 0 picks a free one.',
  },
  {
    name: 'server.grpc-listen-address',
    path: ['server', 'grpc_listen_address'],
    type: 'string',
    help: 'gRPC listen address; empty listens on all.',
  },
  {
    name: 'server.grpc-listen-port',
    path: ['server', 'grpc_listen_port'],
    type: 'number',
    help: 'gRPC listen port; 0 picks a free one.',
  },
  {
    name: 'server.grpc-max-recv-msg-size-bytes',
    path: ['server', 'grpc_server_max_recv_msg_size'],
    type: 'string',
    help: 'Size of a gRPC message that the server takes.',
  },
  {
    name: 'server.grpc-max-send-msg-size-bytes',
    path: ['server', 'grpc_server_max_send_msg_size'],
    type: 'string',
    help: 'Size of a gRPC message that the server sends.',
  },
  {
    name: 'server.grpc-max-concurrent-streams',
    path: ['server', 'grpc_server_max_concurrent_streams'],
    type: 'number',
    help: 'Calls at a time on one gRPC connection.',
  },
  {
    name: 'server.graceful-shutdown-timeout',
    path: ['server', 'graceful_shutdown_timeout'],
    type: 'string',
    help: 'How long a shutdown waits for requests under way.',
  },
  {
    name: 'log.level',
    path: ['server', 'log_level'],
    type: 'string',
    help: 'Only log messages with this severity or above: debug, info, warn, error.',
  },
  {
    name: 'log.format',
    path: ['server', 'log_format'],
    type: 'string',
    help: 'Output log messages as logfmt or json.',
  },
  {
    name: 'common.path-prefix',
    path: ['common', 'path_prefix'],
    type: 'string',
    help: 'Directory below which everything is stored.',
  },
  {
    name: 'distributor.max-recv-msg-size',
    path: ['distributor', 'max_recv_msg_size'],
    type: 'string',
    help: 'Size of a push as it is received.',
  },
  {
    name: 'distributor.max-decompressed-size',
    path: ['distributor', 'max_decompressed_size'],
    type: 'string',
    help: 'Size of a push when it is decompressed.',
  },
  {
    name: 'ingester.wal-dir',
    path: ['ingester', 'wal', 'dir'],
    type: 'string',
    help: 'Directory of the write-ahead log; empty: wal below the path prefix.',
  },
  {
    name: 'ingester.wal-sync',
    path: ['ingester', 'wal', 'sync'],
    type: 'string',
    help: 'always: answer a push when it is on disk; interval: sync in the background.',
  },
  {
    name: 'ingester.max-chunk-age',
    path: ['ingester', 'max_chunk_age'],
    type: 'string',
    help: 'Flush entries that are older than this.',
  },
  {
    name: 'ingester.chunks-idle-period',
    path: ['ingester', 'chunk_idle_period'],
    type: 'string',
    help: 'Flush a tenant that received nothing for this long.',
  },
  {
    name: 'ingester.chunk-encoding',
    path: ['ingester', 'chunk_encoding'],
    type: 'string',
    help: 'Compression of chunk pages: zstd or lz4.',
  },
  {
    name: 'pattern-ingester.enabled',
    path: ['pattern_ingester', 'enabled'],
    type: 'boolean',
    help: 'Answer /loki/api/v1/patterns.',
  },
  {
    name: 'runtime-config.file',
    path: ['runtime_config', 'file'],
    type: 'string',
    help: 'File with limits per tenant, read again while the server runs.',
  },
  {
    name: 'runtime-config.reload-period',
    path: ['runtime_config', 'period'],
    type: 'string',
    help: 'How often that file is read.',
  },
  {
    name: 'querier.multi-tenant-queries-enabled',
    path: ['querier', 'multi_tenant_queries_enabled'],
    type: 'boolean',
    help: 'Let one query read several tenants: X-Scope-OrgID a|b.',
  },
  {
    name: 'querier.compress-http-responses',
    path: ['frontend', 'compress_responses'],
    type: 'boolean',
    help: 'Compress responses with gzip for clients that accept it.',
  },
  {
    name: 'querier.tail-max-duration',
    path: ['querier', 'tail_max_duration'],
    type: 'string',
    help: 'How long a live tail may take; 0 is without limit.',
  },
  {
    name: 'querier.workers',
    path: ['querier', 'workers'],
    type: 'number',
    help: 'Query worker threads; 0 takes one for each core.',
  },
  {
    name: 'querier.max-concurrent',
    path: ['querier', 'max_concurrent'],
    type: 'number',
    help: 'Queries that run at the same time; others wait for their turn.',
  },
  {
    name: 'querier.warm-up-timeout',
    path: ['querier', 'warm_up_timeout'],
    type: 'string',
    help: 'How long indexes are read and queries are tried out after a start; 0 is not at all.',
  },
  {
    name: 'querier.per-request-limits-enabled',
    path: ['querier', 'per_request_limits_enabled'],
    type: 'boolean',
    help: 'Let requests make their limits stricter with X-Loki-Query-Limits.',
  },
  {
    name: 'query-scheduler.max-outstanding-requests-per-tenant',
    path: ['query_scheduler', 'max_outstanding_requests_per_tenant'],
    type: 'number',
    help: 'Queries of one tenant that wait; further ones are refused with 429.',
  },
  {
    name: 'frontend.log-queries-longer-than',
    path: ['frontend', 'log_queries_longer_than'],
    type: 'string',
    help: 'Log queries that take longer with their parameters; 0 is none, a negative duration all.',
  },
  {
    name: 'querier.cache-results',
    path: ['query_range', 'cache_results'],
    type: 'boolean',
    help: 'Keep answers of metric range queries, in memory or in Redis.',
  },
  {
    name: 'frontend.redis.endpoint',
    path: ['query_range', 'results_cache', 'cache', 'redis', 'endpoint'],
    type: 'string',
    help: 'Redis server that keeps them, host:port; empty: memory.',
  },
  {
    name: 'querier.max-retries-per-request',
    path: ['query_range', 'max_retries'],
    type: 'number',
    help: 'Attempts in all for a query whose worker dies.',
  },
  {
    name: 'ruler.alertmanager-url',
    path: ['ruler', 'alertmanager_url'],
    type: 'string',
    help: 'Alertmanagers that get alerts, separated by commas.',
  },
  {
    name: 'ruler.external.url',
    path: ['ruler', 'external_url'],
    type: 'string',
    help: 'URL of Grafana, where alerts link to.',
  },
  {
    name: 'ruler.evaluation-interval',
    path: ['ruler', 'evaluation_interval'],
    type: 'string',
    help: 'How often rules are evaluated whose group does not say it.',
  },
  {
    name: 'ruler.poll-interval',
    path: ['ruler', 'poll_interval'],
    type: 'string',
    help: 'How often stored rules are read again.',
  },
  {
    name: 'ruler.storage.type',
    path: ['ruler', 'storage', 'type'],
    type: 'string',
    help: 'Where rules are: local, filesystem; empty: beside the chunks.',
  },
  {
    name: 'ruler.storage.local.directory',
    path: ['ruler', 'storage', 'local', 'directory'],
    type: 'string',
    help: 'Directory with rule files, one directory for each tenant in it.',
  },
  {
    name: 'ruler.rule-path',
    path: ['ruler', 'rule_path'],
    type: 'string',
    help: 'Directory for the state of alerts; empty: ruler below the path prefix.',
  },
  {
    name: 'ruler.enable-api',
    path: ['ruler', 'enable_api'],
    type: 'boolean',
    help: 'Let rules be read and changed over HTTP.',
  },
];
