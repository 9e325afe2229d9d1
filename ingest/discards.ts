/** Why entries were not stored; the value of `reason` in loki_discarded_samples_total. */
export type DiscardReason =
  | 'missing_labels'
  | 'invalid_labels'
  | 'max_label_names_per_series'
  | 'label_name_too_long'
  | 'label_value_too_long'
  | 'duplicate_label_names'
  | 'missing_enforced_labels'
  | 'blocked_ingestion'
  | 'greater_than_max_sample_age'
  | 'too_far_in_future'
  | 'line_too_long'
  | 'disallowed_structured_metadata'
  | 'structured_metadata_too_large'
  | 'structured_metadata_too_many'
  | 'rate_limited'
  | 'per_stream_rate_limit'
  | 'stream_limit';

export interface Discard {
  readonly reason: DiscardReason;
  readonly samples: number;
  readonly bytes: number;
}

/** Counts discarded entries by reason. An entry may count under two reasons, as in Loki. */
export class Discards {
  readonly #byReason = new Map<DiscardReason, { samples: number; bytes: number }>();

  add(reason: DiscardReason, samples: number, bytes: number): void {
    const counts = this.#byReason.get(reason);
    if (counts === undefined) this.#byReason.set(reason, { samples, bytes });
    else {
      counts.samples += samples;
      counts.bytes += bytes;
    }
  }

  list(): Discard[] {
    return [...this.#byReason].map(([reason, counts]) => ({ reason, ...counts }));
  }
}
