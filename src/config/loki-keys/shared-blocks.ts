import { block, booleans, durations, lists, numbers, sizes, texts, type LokiBlock } from './loki-block.ts';

/** Blocks that Loki's configuration repeats in many places. */

export const TLS = {
  ...texts('tls_cert_path tls_key_path tls_ca_path tls_server_name tls_cipher_suites tls_min_version'),
  ...booleans('tls_insecure_skip_verify'),
};

export const BACKOFF = block({ ...durations('min_period max_period'), ...numbers('max_retries') });

export const GRPC_CLIENT = block({
  ...sizes('max_recv_msg_size max_send_msg_size initial_stream_window_size initial_connection_window_size'),
  ...texts('grpc_compression'),
  ...numbers('rate_limit rate_limit_burst'),
  ...booleans('backoff_on_ratelimits tls_enabled'),
  ...durations('connect_timeout connect_backoff_base_delay connect_backoff_max_delay'),
  ...TLS,
  backoff_config: BACKOFF,
  cluster_validation: block(texts('label')),
});

export const GRPC_POOL = block({
  ...durations('client_cleanup_period remote_timeout'),
  ...booleans('health_check_ingesters health_check_ingest_limits'),
});

const KV_STORE = block({
  ...texts('store prefix'),
  consul: block({
    ...texts('host acl_token'),
    ...durations('http_client_timeout cas_retry_delay'),
    ...booleans('consistent_reads'),
    ...numbers('watch_rate_limit watch_burst_size'),
  }),
  etcd: block({
    ...lists('endpoints'),
    ...durations('dial_timeout'),
    ...numbers('max_retries'),
    ...booleans('tls_enabled'),
    ...texts('username password'),
    ...TLS,
  }),
  multi: block({ ...texts('primary secondary'), ...booleans('mirror_enabled'), ...durations('mirror_timeout') }),
});

export const RING = block({
  kvstore: KV_STORE,
  ...durations('heartbeat_period heartbeat_timeout'),
  ...texts('tokens_file_path instance_id instance_addr instance_availability_zone excluded_zones'),
  ...booleans('zone_awareness_enabled instance_enable_ipv6'),
  ...numbers('num_tokens replication_factor instance_port'),
  ...lists('instance_interface_names'),
});

export const PARTITION_RING = block({
  kvstore: KV_STORE,
  ...numbers('min_partition_owners_count shuffle_shard_cache_size'),
  ...durations('min_partition_owners_duration delete_inactive_partition_after'),
});

export const LIFECYCLER = block({
  ring: RING,
  ...numbers('num_tokens port'),
  ...durations('heartbeat_period heartbeat_timeout observe_period join_after min_ready_duration final_sleep'),
  ...lists('interface_names'),
  ...booleans('enable_inet6 unregister_on_shutdown readiness_check_ring_health'),
  ...texts('tokens_file_path availability_zone address id'),
});

export const CACHE = block({
  ...durations('default_validity'),
  background: block({ ...numbers('writeback_goroutines writeback_buffer'), ...sizes('writeback_size_limit') }),
  memcached: block({ ...durations('expiration'), ...numbers('batch_size parallelism') }),
  memcached_client: block({
    ...texts('host service addresses'),
    ...durations('timeout update_interval circuit_breaker_timeout circuit_breaker_interval'),
    ...numbers('max_idle_conns circuit_breaker_consecutive_failures'),
    ...sizes('max_item_size'),
    ...booleans('consistent_hash tls_enabled'),
    ...TLS,
  }),
  redis: block({
    ...texts('endpoint master_name username password'),
    ...durations('timeout expiration idle_timeout max_connection_age'),
    ...numbers('db pool_size'),
    ...booleans('tls_enabled tls_insecure_skip_verify route_randomly'),
  }),
  embedded_cache: block({ ...booleans('enabled'), ...numbers('max_size_mb max_size_items'), ...durations('ttl') }),
});

/** A cache of one kind of answers. */
export const RESULTS_CACHE = block({ cache: CACHE, ...texts('compression') });

export const HEDGING: LokiBlock = block({ ...durations('at'), ...numbers('up_to max_per_second') });
