import { anything, because, block, booleans, durations, lists, maps, numbers, sizes, texts } from './loki-block.ts';

const PLANNER = 'the query planner cuts a query by the bytes that it will read';
const BLOOM = 'row groups have skip indexes; there are no bloom blocks';
const ONE_INDEX = 'there is no index gateway: every process reads the indexes itself';
const ALL_WORKERS = 'a tenant may use all of the workers that are free';
const PATTERNS = 'patterns are found when they are asked for';
const REMOTE_WRITE = 'rules have one remote write configuration for all tenants: ruler.remote_write';

const WRITE = {
  ...numbers('ingestion_rate_mb ingestion_burst_size_mb max_label_name_length max_label_value_length'),
  ...numbers('max_label_names_per_series log_level_from_json_max_depth max_global_streams_per_user'),
  ...numbers('max_structured_metadata_entries_count block_ingestion_status_code'),
  ...booleans('reject_old_samples max_line_size_truncate increment_duplicate_timestamp discover_log_levels'),
  ...booleans('allow_structured_metadata'),
  ...durations('reject_old_samples_max_age creation_grace_period'),
  ...sizes('max_line_size max_structured_metadata_size per_stream_rate_limit per_stream_rate_limit_burst'),
  ...texts('ingestion_rate_strategy max_line_size_truncate_identifier block_ingestion_until'),
  ...lists('discover_service_name log_level_fields enforced_labels'),
  ...because('rows of a stream with many lines are cut like any others', {
    shard_streams: block({
      ...booleans('enabled time_sharding_enabled logging_enabled'),
      ...durations('time_sharding_ignore_recent'),
      ...sizes('desired_rate'),
    }),
  }),
  ...because('it serves tests of Loki', durations('simulated_push_latency')),
  ...because('fields are found when a query reads them', { discover_generic_fields: block(maps('fields')) }),
  ...because('there is one limit of streams for each tenant: max_global_streams_per_user', {
    ...booleans('use_owned_stream_count'),
    ...numbers('max_streams_per_user'),
  }),
  ...because('entries may come in any order', booleans('unordered_writes')),
  ...because('there are no policies of streams', {
    ...maps('block_ingestion_policy_until policy_enforced_labels policy_stream_mapping'),
  }),
  ...because('OTLP attributes have no other settings', {
    otlp_config: block({
      resource_attributes: block({ ...booleans('ignore_defaults'), ...lists('attributes_config') }),
      ...lists('scope_attributes log_attributes'),
      ...booleans('severity_text_as_label'),
    }),
  }),
  ...because('there is no ingestion through Kafka', numbers('ingestion_partitions_tenant_shard_size')),
};

const QUERY = {
  ...numbers('max_query_series max_streams_matchers_per_query minimum_labels_number volume_max_series'),
  ...numbers('max_concurrent_tail_requests max_entries_limit_per_query'),
  ...durations('max_query_lookback max_query_length max_query_range query_timeout max_cache_freshness_per_query'),
  ...durations('split_queries_by_interval'),
  ...sizes('max_query_bytes_read'),
  ...booleans('volume_enabled'),
  ...lists('required_labels blocked_queries'),
  ...because(PLANNER, {
    ...numbers('max_chunks_per_query tsdb_max_query_parallelism'),
    ...sizes('tsdb_max_bytes_per_shard'),
    ...texts('tsdb_sharding_strategy'),
    ...booleans('tsdb_precompute_chunks'),
    ...durations('min_sharding_lookback split_ingester_queries_by_interval'),
    ...lists('shard_aggregations'),
    ...numbers('max_scan_task_parallelism'),
    ...booleans('debug_engine_tasks debug_engine_streams'),
  }),
  ...because('only answers of range queries are cached', {
    ...durations('max_metadata_cache_freshness max_stats_cache_freshness engine_results_cache_time_bucket_interval'),
    ...durations('split_recent_metadata_queries_by_interval recent_metadata_query_window'),
  }),
  ...because('labels, series and instant queries are answered in one piece', {
    ...durations('split_metadata_queries_by_interval split_instant_metric_queries_by_interval'),
  }),
  ...because(ALL_WORKERS, numbers('max_query_capacity max_query_parallelism max_queriers_per_tenant')),
  ...because('one process answers a whole query: max_query_bytes_read is its limit', sizes('max_querier_bytes_read')),
  ...because('max_query_series and max_query_bytes_read limit what a query finds', numbers('cardinality_limit')),
  ...because('variants are always enabled', booleans('enable_multi_variant_queries')),
  ...because(ONE_INDEX, {
    ...numbers('query_ready_index_num_days index_gateway_shard_size index_gateway_max_capacity'),
  }),
};

const RULER = {
  ...because('one ruler runs every rule of a tenant, with the engine of its own process', {
    ...numbers('ruler_max_rules_per_rule_group ruler_max_rule_groups_per_tenant ruler_tenant_shard_size'),
    ...booleans('ruler_enable_wal_replay'),
    ...anything('ruler_alertmanager_config'),
    ...durations('ruler_remote_evaluation_timeout'),
    ...sizes('ruler_remote_evaluation_max_response_size'),
  }),
  ...because(REMOTE_WRITE, {
    ...booleans('ruler_remote_write_disabled ruler_remote_write_queue_retry_on_ratelimit'),
    ...texts('ruler_remote_write_url'),
    ...durations('ruler_remote_write_timeout ruler_remote_write_queue_batch_send_deadline'),
    ...durations('ruler_remote_write_queue_min_backoff ruler_remote_write_queue_max_backoff'),
    ...maps('ruler_remote_write_headers ruler_remote_write_config ruler_remote_write_sigv4_config'),
    ...anything('ruler_remote_write_relabel_configs'),
    ...numbers('ruler_remote_write_queue_capacity ruler_remote_write_queue_min_shards'),
    ...numbers('ruler_remote_write_queue_max_shards ruler_remote_write_queue_max_samples_per_send'),
  }),
};

const OTHER = {
  ...because('there is no retention: nothing is deleted', {
    ...durations('retention_period'),
    ...lists('retention_stream'),
  }),
  ...because('Loki deprecates it: use runtime_config', {
    ...texts('per_tenant_override_config'),
    ...durations('per_tenant_override_period'),
  }),
  ...because('there are no requests to delete entries', { ...texts('deletion_mode'), ...booleans('allow_deletes') }),
  ...because(BLOOM, {
    ...booleans('bloom_gateway_enable_filtering bloom_creation_enabled bloom_prefetch_blocks'),
    ...numbers('bloom_build_max_builders bloom_build_task_max_retries bloom_split_series_keyspace_by'),
    ...durations('bloom_build_builder_response_timeout'),
    ...texts('bloom_planning_strategy bloom_block_encoding'),
    ...sizes('bloom_task_target_series_chunk_size bloom_max_block_size bloom_max_bloom_size'),
  }),
  ...because(PATTERNS, {
    ...texts('pattern_ingester_tokenizable_json_fields_default pattern_ingester_tokenizable_json_fields_append'),
    ...texts('pattern_ingester_tokenizable_json_fields_delete'),
    ...booleans('metric_aggregation_enabled pattern_persistence_enabled'),
    ...durations('pattern_persistence_granularity'),
    ...numbers('pattern_rate_threshold'),
  }),
  ...because('objects are kept on the local filesystem', {
    ...texts('s3_sse_type s3_sse_kms_key_id s3_sse_kms_encryption_context'),
  }),
};

export const LIMITS_CONFIG = block({ ...WRITE, ...QUERY, ...RULER, ...OTHER }, 'this limit has no effect here');
