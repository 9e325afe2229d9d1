import type { OtlpConfig } from './push/otlp/attribute-actions.ts';

/**
 * The limits of one tenant that a push is checked against, under Loki's names. `src/config/limits.ts` has this shape;
 * ingest does not know where limits come from. Sizes are bytes, durations milliseconds.
 */
export interface IngestLimits {
  readonly ingestion_rate_mb: number;
  readonly ingestion_burst_size_mb: number;
  readonly max_label_name_length: number;
  readonly max_label_value_length: number;
  readonly max_label_names_per_series: number;
  readonly reject_old_samples: boolean;
  readonly reject_old_samples_max_age: number;
  readonly creation_grace_period: number;
  /** 0 is no limit. */
  readonly max_line_size: number;
  readonly max_line_size_truncate: boolean;
  readonly max_line_size_truncate_identifier: string;
  readonly increment_duplicate_timestamp: boolean;
  readonly discover_service_name: readonly string[];
  readonly discover_log_levels: boolean;
  readonly log_level_fields: readonly string[];
  /** 0 is no limit. */
  readonly log_level_from_json_max_depth: number;
  /** 0 is no limit. */
  readonly max_global_streams_per_user: number;
  readonly per_stream_rate_limit: number;
  readonly per_stream_rate_limit_burst: number;
  readonly allow_structured_metadata: boolean;
  readonly max_structured_metadata_size: number;
  readonly max_structured_metadata_entries_count: number;
  /** RFC 3339; empty is not blocked. */
  readonly block_ingestion_until: string;
  readonly block_ingestion_status_code: number;
  readonly enforced_labels: readonly string[];
  readonly otlp_config: OtlpConfig;
}
