import {
  anything,
  because,
  block,
  booleans,
  durations,
  listOf,
  lists,
  mapOf,
  maps,
  numbers,
  sizes,
  texts,
} from './loki-block.ts';
import { BACKOFF, CACHE, GRPC_CLIENT, HEDGING } from './shared-blocks.ts';

const LOCAL_ONLY = 'objects are kept on the local filesystem';
const OWN_INDEX = 'skald has its own index beside each chunk: there is nothing to configure';

const S3 = block({
  ...texts('s3 bucketnames endpoint region access_key_id secret_access_key session_token'),
  ...texts('chunk_delimiter signature_version storage_class'),
  ...booleans('s3forcepathstyle insecure disable_dualstack'),
  http_config: block({
    ...durations('timeout idle_conn_timeout response_header_timeout'),
    ...booleans('insecure_skip_verify'),
    ...texts('ca_file'),
  }),
  sse: block(texts('type kms_key_id kms_encryption_context')),
  backoff_config: BACKOFF,
});

const GCS = block({
  ...texts('bucket_name endpoint service_account'),
  ...sizes('chunk_buffer_size'),
  ...durations('request_timeout'),
  ...booleans('enable_opencensus enable_http2 enable_retries'),
});

const AZURE = block({
  ...texts('environment account_name account_key connection_string container_name active_directory_endpoint'),
  ...texts('endpoint_suffix user_assigned_id client_id client_secret tenant_id chunk_delimiter'),
  ...booleans('use_managed_identity use_federated_token use_service_principal'),
  ...sizes('download_buffer_size upload_buffer_size'),
  ...numbers('upload_buffer_count max_retries'),
  ...durations('request_timeout min_retry_delay max_retry_delay'),
});

const ALIBABA_CLOUD = block({
  ...texts('bucket endpoint access_key_id secret_access_key'),
  ...numbers('conn_timeout_sec read_write_timeout_sec'),
});

const BOS = block(texts('bucket_name endpoint access_key_id secret_access_key'));

const SWIFT = block({
  ...texts('auth_url username user_domain_name user_domain_id user_id password domain_id domain_name project_id'),
  ...texts('project_name project_domain_id project_domain_name region_name container_name'),
  ...numbers('auth_version max_retries'),
  ...booleans('internal'),
  ...durations('connect_timeout request_timeout'),
  http: block(texts('tls_ca_path')),
});

const COS = block({
  ...booleans('forcepathstyle'),
  ...texts('bucketnames endpoint region access_key_id secret_access_key api_key service_instance_id auth_endpoint'),
  ...texts('cr_token_file_path trusted_profile_name trusted_profile_id'),
  http_config: block(durations('idle_conn_timeout response_header_timeout')),
  backoff_config: BACKOFF,
});

const CONGESTION_CONTROL = block({
  ...booleans('enabled'),
  controller: block({ ...texts('strategy'), aimd: block(numbers('start upper_bound backoff_factor')) }),
  retry: block({ ...texts('strategy'), ...numbers('limit') }),
  hedging: block({ config: HEDGING, ...texts('strategy') }),
});

/** Clouds under the names that `common.storage`, `ruler.storage` and (with `aws` for `s3`) `storage_config` share. */
const CLOUDS = { gcs: GCS, azure: AZURE, alibabacloud: ALIBABA_CLOUD, bos: BOS, swift: SWIFT, cos: COS };

/** `storage_prefix` and one block for each provider of the newer object store clients. */
export const OBJECT_STORE = {
  ...texts('storage_prefix'),
  ...anything('s3 gcs azure swift alibaba bos'),
  filesystem: block(texts('dir')),
};

export const COMMON_STORAGE = block(
  {
    s3: S3,
    ...CLOUDS,
    filesystem: block(texts('chunks_directory rules_directory')),
    hedging: HEDGING,
    congestion_control: CONGESTION_CONTROL,
    object_store: block(OBJECT_STORE),
  },
  LOCAL_ONLY,
);

export const RULER_STORAGE = block(
  { ...texts('type'), s3: S3, ...CLOUDS, local: block(texts('directory')) },
  LOCAL_ONLY,
);

const SHIPPER = {
  ...texts('active_index_directory cache_location ingestername mode'),
  ...durations('cache_ttl resync_interval ingesterdbretainperiod'),
  ...numbers('query_ready_num_days'),
  index_gateway_client: block({
    grpc_client_config: GRPC_CLIENT,
    ...texts('server_address'),
    ...booleans('log_gateway_requests'),
    ...lists('time_based_sharding_buckets'),
  }),
};

export const STORAGE_CONFIG = block(
  {
    aws: S3,
    ...CLOUDS,
    filesystem: block(texts('directory')),
    hedging: HEDGING,
    congestion_control: CONGESTION_CONTROL,
    named_stores: block({
      aws: mapOf(S3),
      azure: mapOf(AZURE),
      bos: mapOf(BOS),
      filesystem: mapOf(block(texts('directory'))),
      gcs: mapOf(GCS),
      alibabacloud: mapOf(ALIBABA_CLOUD),
      swift: mapOf(SWIFT),
      cos: mapOf(COS),
    }),
    ...booleans('use_thanos_objstore'),
    ...texts('object_prefix'),
    object_store: block({ ...OBJECT_STORE, ...anything('named_stores') }),
    ...because('chunks are read by byte ranges of their pages, as many at once as the query plan says', {
      ...numbers('max_parallel_get_chunk max_chunk_batch_size'),
    }),
    ...because(OWN_INDEX, {
      ...durations('index_cache_validity'),
      index_queries_cache_config: CACHE,
      ...booleans('disable_broad_index_queries'),
      boltdb_shipper: block({ ...SHIPPER, ...booleans('build_per_tenant_index') }),
      tsdb_shipper: block(SHIPPER),
    }),
    ...because('row groups have skip indexes; there are no bloom blocks', anything('bloom_shipper')),
  },
  LOCAL_ONLY,
);

const PERIODIC_TABLES = { ...texts('path_prefix prefix'), ...durations('period'), ...maps('tags') };

export const SCHEMA_CONFIG = block(
  {
    configs: listOf(
      block({
        ...texts('from store object_store schema'),
        index: block(PERIODIC_TABLES),
        chunks: block(PERIODIC_TABLES),
        ...numbers('row_shards'),
      }),
    ),
  },
  'there is one format, and files name the version that they were written in',
);

export const CHUNK_STORE_CONFIG = block(
  {
    chunk_cache_config: CACHE,
    chunk_cache_config_l2: CACHE,
    write_dedupe_cache_config: CACHE,
    ...durations('skip_query_writeback_cache_older_than l2_chunk_cache_handoff cache_lookups_older_than'),
  },
  'there is no cache of chunks: a query reads only the pages that it needs',
);
