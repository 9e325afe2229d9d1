import {
  anything,
  because,
  block,
  booleans,
  durations,
  lists,
  maps,
  numbers,
  sizes,
  texts,
  type LokiBlock,
} from './loki-block.ts';
import { LIMITS_CONFIG } from './limits-keys.ts';
import {
  COMPACTOR,
  DISTRIBUTOR,
  FRONTEND,
  FRONTEND_WORKER,
  INDEX_GATEWAY,
  INGESTER,
  INGESTER_CLIENT,
  MEMBERLIST,
  PATTERN_INGESTER,
  QUERIER,
  QUERY_RANGE,
  QUERY_SCHEDULER,
  RULER,
  SERVER,
} from './service-keys.ts';
import { GRPC_CLIENT, RING, TLS } from './shared-blocks.ts';
import { CHUNK_STORE_CONFIG, COMMON_STORAGE, OBJECT_STORE, SCHEMA_CONFIG, STORAGE_CONFIG } from './storage-keys.ts';

const COMMON = block({
  ...texts('path_prefix'),
  storage: COMMON_STORAGE,
  ...because('one process holds every component: there is one copy of everything', numbers('replication_factor')),
  ...because('one process holds every component: there is no ring to join', {
    ring: RING,
    ...booleans('persist_tokens'),
    ...lists('instance_interface_names'),
    ...texts('instance_addr'),
  }),
  ...because('there is no compactor to ask', texts('compactor_address compactor_grpc_address')),
  ...because('scratch data stays in memory', texts('scratch_path')),
});

const OPERATIONAL_CONFIG = block(
  {
    ...booleans('log_stream_creation log_push_request log_hash_of_labels log_push_request_streams'),
    ...booleans('log_service_name_discovery log_duplicate_metrics log_duplicate_stream_info limited_log_push_errors'),
    ...lists('filter_push_request_streams_ips'),
  },
  'pushes are counted in /metrics, not logged',
);

const RUNTIME_CONFIG = block({ ...durations('period'), ...texts('file') });

/** Blocks of experiments of Loki: whatever is in them. */
const EXPERIMENTS = {
  ...because('skald has its own planner and engine', anything('query_engine')),
  ...because('Grafana is the user interface', anything('ui')),
  ...because('row groups have skip indexes; there are no bloom blocks', anything('bloom_build bloom_gateway')),
  ...because('there is no ingestion through Kafka', anything('kafka_config')),
  ...because('chunks are columnar already', anything('dataobj')),
  ...because('one process counts the streams of its tenants itself', {
    ...anything('ingest_limits ingest_limits_frontend ingest_limits_frontend_client rate_service rate_service_client'),
  }),
};

/**
 * Every key of Loki's configuration (3.7), with the kind of its value and the reason why it has no meaning here. What
 * skald's own schema knows (schema.ts) is honoured, whatever is said here.
 */
export const LOKI_KEYS: LokiBlock = block({
  ...texts('target'),
  ...booleans('auth_enabled'),
  ...EXPERIMENTS,
  ...because('memory is not kept in reserve', sizes('ballast_bytes')),
  ...because('a stop begins at once: let whatever stops the process wait', durations('shutdown_delay')),
  ...because('metrics have the names that Loki gives them', texts('metrics_namespace')),
  ...because('all of them are told', lists('tenant_limits_allow_publish')),
  server: SERVER,
  common: COMMON,
  distributor: DISTRIBUTOR,
  ingester: INGESTER,
  ingester_client: INGESTER_CLIENT,
  querier: QUERIER,
  frontend: FRONTEND,
  frontend_worker: FRONTEND_WORKER,
  query_range: QUERY_RANGE,
  query_scheduler: QUERY_SCHEDULER,
  ruler: RULER,
  ruler_storage: block(
    { ...OBJECT_STORE, ...texts('backend'), local: block(texts('directory')) },
    'rules are kept on the local filesystem',
  ),
  compactor: COMPACTOR,
  compactor_grpc_client: block(GRPC_CLIENT.keys, 'there is no compactor to ask'),
  index_gateway: INDEX_GATEWAY,
  pattern_ingester: PATTERN_INGESTER,
  storage_config: STORAGE_CONFIG,
  schema_config: SCHEMA_CONFIG,
  chunk_store_config: CHUNK_STORE_CONFIG,
  table_manager: block(
    {
      ...booleans('retention_deletes_enabled throughput_updates_disabled'),
      ...durations('retention_period poll_interval creation_grace_period'),
      ...maps('index_tables_provisioning chunk_tables_provisioning'),
    },
    'there are no tables',
  ),
  limits_config: LIMITS_CONFIG,
  memberlist: MEMBERLIST,
  runtime_config: RUNTIME_CONFIG,
  operational_config: OPERATIONAL_CONFIG,
  tracing: block(booleans('enabled'), 'there are no traces'),
  analytics: block(
    { ...booleans('reporting_enabled'), ...texts('usage_stats_url proxy_url'), tls_config: block(TLS) },
    'nothing is reported to anybody',
  ),
  profiling: block(
    numbers('block_profile_rate cpu_profile_rate mutex_profile_fraction'),
    "Node's own profiler serves (--cpu-prof)",
  ),
});

/** Keys that Loki had once and refuses now, with what to use instead; empty: nothing. */
export const REMOVED_KEYS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'chunk_store_config.max_look_back_period': 'limits_config.max_query_lookback',
    'compactor.shared_store': 'compactor.delete_request_store',
    'compactor.deletion_mode': 'limits_config.deletion_mode',
    'ingester.max_transfer_retries': '',
    'limits_config.enforce_metric_name': '',
    'querier.query_timeout': 'limits_config.query_timeout',
    'query_range.split_queries_by_interval': 'limits_config.split_queries_by_interval',
    'storage_config.boltdb': '',
    'storage_config.boltdb_shipper.shared_store': '',
    'storage_config.tsdb_shipper.shared_store': '',
    'ruler.storage.configdb': '',
  }),
);
