import {
  anything,
  because,
  block,
  booleans,
  durations,
  lists,
  mapOf,
  maps,
  numbers,
  sizes,
  texts,
} from './loki-block.ts';
import {
  BACKOFF,
  CACHE,
  GRPC_CLIENT,
  GRPC_POOL,
  LIFECYCLER,
  PARTITION_RING,
  RESULTS_CACHE,
  RING,
  TLS,
} from './shared-blocks.ts';
import { RULER_STORAGE } from './storage-keys.ts';

const NO_RING = 'one process holds every component: there is no ring to join';
const NO_GRPC = 'components of one process do not speak gRPC with each other';

const SERVER_TLS = block(
  texts('cert key client_ca cert_file key_file client_auth_type client_ca_file'),
  'TLS is left to the proxy in front',
);

export const SERVER = block(
  {
    ...texts('http_listen_address grpc_listen_address log_level log_format'),
    ...numbers('http_listen_port grpc_listen_port'),
    ...durations('graceful_shutdown_timeout'),
    ...because('the address decides the network', texts('http_listen_network grpc_listen_network')),
    ...because('TLS is left to the proxy in front', texts('tls_cipher_suites tls_min_version')),
    http_tls_config: SERVER_TLS,
    grpc_tls_config: SERVER_TLS,
    ...because('API routes are served from the root: let the proxy in front remove a prefix', {
      ...texts('http_path_prefix'),
    }),
    ...because('every connection is served; limits hold for each tenant', {
      ...numbers('http_listen_conn_limit grpc_listen_conn_limit grpc_server_num_workers'),
      ...numbers('grpc_server_max_concurrent_streams'),
      ...booleans('grpc_collect_max_streams_by_conn'),
    }),
    ...because('a query ends at query_timeout, a push when its body has been read', {
      ...durations('http_server_read_timeout http_server_read_header_timeout http_server_write_timeout'),
      ...durations('http_server_idle_timeout'),
    }),
    ...because('skald tunes its connections itself', {
      ...sizes('grpc_server_max_recv_msg_size grpc_server_max_send_msg_size'),
      ...sizes('grpc_server_read_buffer_size grpc_server_write_buffer_size'),
      ...durations('grpc_server_max_connection_idle grpc_server_max_connection_age'),
      ...durations('grpc_server_max_connection_age_grace grpc_server_keepalive_time grpc_server_keepalive_timeout'),
      ...durations('grpc_server_min_time_between_pings'),
      ...booleans('grpc_server_ping_without_stream_allowed grpc_server_stats_tracking_enabled'),
      ...booleans('grpc_server_recv_buffer_pools_enabled proxy_protocol_enabled'),
    }),
    ...because('/metrics and one log line for each query are always there', {
      ...booleans('register_instrumentation report_grpc_codes_in_instrumentation_label_enabled'),
      ...booleans('http_log_closed_connections_without_response_enabled log_source_ips_enabled'),
      ...booleans('log_source_ips_full log_request_headers log_request_at_info_level_enabled'),
      ...booleans('trace_request_headers create_new_traces'),
      ...texts('log_source_ips_header log_source_ips_regex log_request_exclude_headers_list'),
      ...texts('trace_request_exclude_headers_list'),
    }),
    ...because(NO_RING, {
      cluster_validation: block({
        ...texts('label additional_labels'),
        grpc: block(booleans('enabled soft_validation')),
        http: block({ ...booleans('enabled soft_validation'), ...texts('excluded_paths excluded_user_agents') }),
      }),
    }),
  },
  'skald has no such setting',
);

export const DISTRIBUTOR = block(
  {
    ring: RING,
    rate_store: block({
      ...numbers('max_request_parallelism'),
      ...durations('stream_rate_update_interval ingester_request_timeout'),
      ...booleans('debug'),
    }),
    ...numbers('push_worker_count'),
    ...because('the largest body of a push is fixed', sizes('max_recv_msg_size max_decompressed_size')),
    ...because('a refused push is answered, and counted in loki_discarded_samples_total', {
      write_failures_logging: block({ ...sizes('rate'), ...booleans('add_insights_label') }),
    }),
    ...because('OTLP attributes have no other settings', {
      otlp_config: block(lists('default_resource_attributes_as_index_labels')),
    }),
    ...because('there are no policies of streams', maps('default_policy_stream_mappings')),
    ...because('there is no ingestion through Kafka, and no limits service', {
      ...booleans('kafka_writes_enabled ingester_writes_enabled ingest_limits_enabled ingest_limits_dry_run_enabled'),
      dataobj_tee: block({
        ...booleans('enabled debug_metrics_enabled'),
        ...texts('topic'),
        ...sizes('max_buffered_bytes per_partition_rate_bytes'),
        ...durations('rate_batch_window'),
      }),
      ...durations('inmemory_dataobj_push_timeout'),
    }),
  },
  NO_RING,
);

const CHUNKS = 'a head is cut by size and age and flushed as a whole; there are no chunks of single streams';

export const INGESTER = block({
  ...durations('max_chunk_age chunk_idle_period flush_check_period'),
  ...texts('chunk_encoding'),
  ...because(NO_RING, {
    lifecycler: LIFECYCLER,
    ...booleans('autoforget_unhealthy delegate_stream_limits_enabled'),
    ...durations('owned_streams_check_interval'),
  }),
  ...because(CHUNKS, {
    ...numbers('concurrent_flushes sync_min_utilization index_shards'),
    ...sizes('chunk_block_size chunk_target_size'),
    ...durations('chunk_retain_period sync_period flush_op_timeout'),
    flush_op_backoff: BACKOFF,
  }),
  ...because('every error of a push is grouped in its answer', numbers('max_returned_stream_errors')),
  ...because('queries read head and chunks alike', durations('query_store_max_look_back_period')),
  ...because('a tail that is behind is told how many entries it lost', numbers('max_dropped_streams')),
  ...because('a shutdown that was asked for over HTTP is over with the process', texts('shutdown_marker_path')),
  ...because('there is no ingestion through Kafka', {
    kafka_ingestion: block({ ...booleans('enabled'), partition_ring: PARTITION_RING }),
  }),
  wal: block(
    {
      ...texts('dir'),
      ...booleans('enabled flush_on_shutdown'),
      ...durations('checkpoint_duration'),
      ...sizes('replay_memory_ceiling'),
      ...numbers('disk_full_threshold'),
    },
    'the WAL is always on; flushed segments are removed, and a full disk refuses pushes until there is room',
  ),
});

export const QUERIER = block({
  ...durations('tail_max_duration'),
  ...booleans('multi_tenant_queries_enabled'),
  ...because('queries read head and chunks alike', {
    ...durations('extra_query_delay query_ingesters_within'),
    ...booleans('query_store_only query_ingester_only query_partition_ingesters'),
  }),
  ...numbers('max_concurrent'),
  ...because('instant log queries are refused, and approx_topk is exact', {
    engine: block({ ...durations('max_look_back_period'), ...numbers('max_count_min_sketch_heap_size') }),
  }),
  ...booleans('per_request_limits_enabled'),
});

export const FRONTEND = block(
  {
    ...booleans('compress_responses'),
    ...durations('log_queries_longer_than'),
    ...because('one log line for each query is always written', {
      ...texts('log_query_request_headers'),
      ...booleans('query_stats_enabled'),
    }),
    ...because('server.graceful_shutdown_timeout holds for queries too', durations('graceful_shutdown_timeout')),
    ...because('the largest body of a query is fixed', sizes('max_body_size')),
    ...because('answers are JSON', { ...texts('encoding'), ...booleans('support_parquet_encoding') }),
    ...because('the queue of one process is that of query_scheduler', numbers('max_outstanding_per_tenant')),
    ...numbers('scheduler_worker_concurrency'),
    ...durations('querier_forget_delay scheduler_dns_lookup_period'),
    ...texts('scheduler_address downstream_url tail_proxy_url'),
    grpc_client_config: GRPC_CLIENT,
    ...lists('instance_interface_names'),
    ...booleans('instance_enable_ipv6'),
    tail_tls_config: block(TLS),
  },
  'one process holds every component: queries do not travel',
);

export const FRONTEND_WORKER = block(
  {
    ...texts('frontend_address scheduler_address id'),
    ...durations('dns_lookup_duration'),
    query_frontend_grpc_client: GRPC_CLIENT,
    grpc_client_config: GRPC_CLIENT,
    query_scheduler_grpc_client: GRPC_CLIENT,
  },
  NO_GRPC,
);

export const QUERY_RANGE = block(
  {
    ...because('steps are aligned as long as split_queries_by_interval is not 0', booleans('align_queries_with_step')),
    ...booleans('cache_results cache_index_stats_results cache_volume_results'),
    ...booleans('cache_instant_metric_results instant_metric_query_split_align cache_series_results'),
    ...booleans('cache_label_results'),
    ...numbers('max_retries'),
    ...because('the query planner splits a query as its data need it', {
      ...booleans('parallelise_shardable_queries'),
      ...texts('shard_aggregations'),
    }),
    results_cache: block({
      ...RESULTS_CACHE.keys,
      cache: block(CACHE.keys, 'the cache of results is in memory or in one Redis server'),
    }),
    index_stats_results_cache: RESULTS_CACHE,
    volume_results_cache: RESULTS_CACHE,
    instant_metric_results_cache: RESULTS_CACHE,
    series_results_cache: RESULTS_CACHE,
    label_results_cache: RESULTS_CACHE,
  },
  'these answers are not cached: they come from indexes and columns',
);

export const QUERY_SCHEDULER = block(
  {
    ...numbers('max_outstanding_requests_per_tenant max_queue_hierarchy_levels'),
    ...durations('querier_forget_delay'),
    grpc_client_config: GRPC_CLIENT,
    ...booleans('use_scheduler_ring'),
    scheduler_ring: RING,
  },
  'one process holds every component: workers take the tasks of queries themselves',
);

export const COMPACTOR = block(
  {
    ...texts('working_directory delete_request_store delete_request_store_key_prefix delete_request_store_db_type'),
    ...texts('backup_delete_request_store_db_type horizontal_scaling_mode deletion_marker_object_store_prefix'),
    ...durations('compaction_interval apply_retention_interval retention_delete_delay retention_table_timeout'),
    ...durations('delete_request_cancel_period delete_max_interval'),
    ...booleans('retention_enabled'),
    ...numbers('retention_delete_worker_count delete_batch_size max_compaction_parallelism upload_parallelism'),
    ...numbers('tables_to_compact skip_latest_n_tables'),
    retention_backoff_config: BACKOFF,
    compactor_ring: RING,
    worker_config: block(numbers('num_sub_workers')),
    jobs_config: block({
      deletion: block({
        ...texts('deletion_manifest_store_prefix'),
        ...numbers('chunk_processing_concurrency max_retries'),
        ...durations('timeout'),
      }),
    }),
  },
  'there is no compactor: neither retention nor deletes',
);

/** A receiver of remote write, as Prometheus names its settings. */
const REMOTE_WRITE_CLIENT = block({
  ...texts('url name bearer_token bearer_token_file'),
  ...durations('remote_timeout'),
  ...maps('headers authorization tls_config'),
  ...lists('write_relabel_configs'),
  basic_auth: block(texts('username password password_file username_file')),
  queue_config: block({
    ...numbers('capacity min_shards max_shards max_samples_per_send'),
    ...durations('batch_send_deadline min_backoff max_backoff sample_age_limit'),
    ...booleans('retry_on_http_429'),
  }),
  ...because('remote write sends samples, and nothing about them', {
    ...maps('metadata_config'),
    ...booleans('send_exemplars send_native_histograms'),
  }),
  ...because('the connection is made to the URL itself, and follows no redirect', {
    ...booleans('follow_redirects enable_http2 proxy_from_environment round_robin_dns'),
    ...texts('proxy_url no_proxy protobuf_message'),
    ...maps('proxy_connect_header http_headers'),
  }),
  ...because('requests are signed by none of the clouds', maps('sigv4 azuread google_iam oauth2')),
});

export const RULER = block(
  {
    ...texts('external_url datasource_uid rule_path alertmanager_url sharding_strategy sharding_algo'),
    ...texts('enabled_tenants disabled_tenants'),
    ...maps('external_labels'),
    ...durations('evaluation_interval poll_interval alertmanager_refresh_interval notification_timeout'),
    ...durations('for_outage_tolerance for_grace_period resend_delay search_pending_for flush_period'),
    ...booleans('enable_alertmanager_discovery enable_alertmanager_v2 enable_sharding enable_api'),
    ...booleans('query_stats_enabled disable_rule_group_label'),
    ...numbers('notification_queue_capacity'),
    ...anything('alert_relabel_configs'),
    ruler_client: GRPC_CLIENT,
    storage: RULER_STORAGE,
    alertmanager_client: block({
      ...TLS,
      ...texts('basic_auth_username basic_auth_password type credentials credentials_file'),
    }),
    ring: RING,
    wal: block({ ...texts('dir'), ...durations('truncate_frequency min_age max_age') }),
    wal_cleaner: block(durations('min_age period')),
    remote_write: block({
      client: REMOTE_WRITE_CLIENT,
      clients: mapOf(REMOTE_WRITE_CLIENT),
      ...booleans('enabled add_org_id_header'),
      ...durations('config_refresh_period'),
    }),
    evaluation: block({
      ...texts('mode'),
      ...durations('max_jitter'),
      query_frontend: block({ ...texts('address'), ...GRPC_CLIENT.keys }),
    }),
  },
  'the ruler of one process has no such setting',
);

export const INGESTER_CLIENT = block(
  { pool_config: GRPC_POOL, ...durations('remote_timeout'), grpc_client_config: GRPC_CLIENT },
  NO_GRPC,
);

export const INDEX_GATEWAY = block(
  { ...texts('mode'), ring: RING },
  'there is no index gateway: every process reads the indexes itself',
);

export const MEMBERLIST = block(
  {
    ...texts('node_name advertise_addr cluster_label'),
    ...booleans('randomize_node_name compression_enabled cluster_label_verification_disabled'),
    ...booleans('abort_if_cluster_fast_join_fails abort_if_cluster_join_fails tls_enabled'),
    ...durations('stream_timeout pull_push_interval gossip_interval gossip_to_dead_nodes_time dead_node_reclaim_time'),
    ...durations('notify_interval min_join_backoff max_join_backoff rejoin_interval left_ingesters_timeout'),
    ...durations('obsolete_entries_timeout leave_timeout broadcast_timeout_for_local_updates_on_shutdown'),
    ...durations('packet_dial_timeout packet_write_timeout acquire_writer_timeout'),
    ...numbers('retransmit_factor gossip_nodes advertise_port max_join_retries bind_port max_concurrent_writes'),
    ...numbers('abort_if_cluster_fast_join_fails_min_nodes watch_prefix_buffer_size'),
    ...sizes('message_history_buffer_bytes'),
    ...lists('join_members rejoin_seed_nodes bind_addr'),
    ...TLS,
    zone_aware_routing: block({ ...booleans('enabled'), ...texts('instance_availability_zone role') }),
    propagation_delay_tracker: block({
      ...booleans('enabled'),
      ...durations('beacon_interval beacon_lifetime log_beacons_latency_longer_than'),
    }),
  },
  'membership is not gossiped',
);

export const PATTERN_INGESTER = block(
  {
    ...booleans('enabled'),
    lifecycler: LIFECYCLER,
    client_config: block({
      pool_config: GRPC_POOL,
      ...durations('remote_timeout'),
      grpc_client_config: GRPC_CLIENT,
    }),
    ...numbers('concurrent_flushes max_clusters max_eviction_ratio max_allowed_line_length volume_threshold'),
    ...durations('flush_check_period connection_timeout retain_for max_chunk_age pattern_sample_interval'),
    ...anything('metric_aggregation pattern_persistence tee_config'),
  },
  'patterns are found when they are asked for, by no ingester',
);
