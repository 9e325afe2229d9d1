import { AssertionError } from '../src/common/assert.ts';
import type { Labels } from '../src/common/labels.ts';
import { floorDiv, NS_PER_SECOND } from '../src/common/time.ts';
import { utf8Length } from '../src/common/utf8.ts';
import type { DiscardReason } from './discards.ts';
import type { IngestLimits } from './ingest-limits.ts';
import { SERVICE_NAME } from './service-name.ts';
import { METADATA_PAIRS_MAX } from './structured-metadata.ts';
import { rfc3339 } from './timestamp.ts';

/** Why a stream or an entry is refused, with Loki's text. */
export interface Problem {
  readonly reason: DiscardReason;
  readonly message: string;
}

/**
 * The first thing wrong with the labels of a stream, in Loki's order: none at all, too many (`service_name` does not
 * count), then label by label. `duplicate` is a name that the label text has twice.
 */
export function findLabelProblem(labels: Labels, duplicate: string | null, limits: IngestLimits): Problem | null {
  if (labels.size === 0) {
    return { reason: 'missing_labels', message: 'error at least one label pair is required per stream' };
  }
  const count = labels.size - (labels.has(SERVICE_NAME) ? 1 : 0);
  if (count > limits.max_label_names_per_series) {
    return {
      reason: 'max_label_names_per_series',
      message: `entry for stream '${labels.key}' has ${count} label names; limit ${limits.max_label_names_per_series}`,
    };
  }
  for (const [name, value] of labels.pairs) {
    if (utf8Length(name) > limits.max_label_name_length) {
      return labelProblem('label_name_too_long', labels, 'label name too long', name);
    }
    if (utf8Length(value) > limits.max_label_value_length) {
      return labelProblem('label_value_too_long', labels, 'label value too long', value);
    }
    if (name === duplicate) return labelProblem('duplicate_label_names', labels, 'duplicate label name', name);
  }
  return null;
}

function labelProblem(reason: DiscardReason, labels: Labels, what: string, text: string): Problem {
  return { reason, message: `stream '${labels.key}' has ${what}: '${text}'` };
}

/** A problem when labels that the tenant must send are missing. */
export function findEnforcedLabelProblem(labels: Labels, tenant: string, limits: IngestLimits): Problem | null {
  const missing = limits.enforced_labels.filter((name) => !labels.has(name));
  if (missing.length === 0) return null;
  const message = `missing required labels '${missing.join(',')}' for user '${tenant}' for stream '${labels.key}' (policy: '')`;
  return { reason: 'missing_enforced_labels', message };
}

/** What is looked at of an entry: lengths are bytes as received. */
export interface EntryShape {
  seconds: number;
  nanos: number;
  lineLength: number;
  metadataCount: number;
  metadataLength: number;
}

/** A moment in whole seconds and nanoseconds of that second. */
interface Moment {
  readonly seconds: number;
  readonly nanos: number;
}

function momentOf(ns: bigint): Moment {
  const seconds = floorDiv(ns, NS_PER_SECOND);
  return { seconds: Number(seconds), nanos: Number(ns - seconds * NS_PER_SECOND) };
}

function isBefore(a: Moment, b: Moment): boolean {
  return a.seconds < b.seconds || (a.seconds === b.seconds && a.nanos < b.nanos);
}

const msToNs = (ms: number): bigint => BigInt(Math.round(ms * 1e6));

/** Checks entries against the limits at one moment. Nothing is allocated for entries that pass. */
export class EntryChecks {
  readonly #limits: IngestLimits;
  readonly #oldest: Moment;
  readonly #newest: Moment;
  readonly #pairsMax: number;

  constructor(limits: IngestLimits, nowNs: bigint) {
    this.#limits = limits;
    this.#oldest = momentOf(nowNs - msToNs(limits.reject_old_samples_max_age));
    this.#newest = momentOf(nowNs + msToNs(limits.creation_grace_period));
    this.#pairsMax = Math.min(limits.max_structured_metadata_entries_count || METADATA_PAIRS_MAX, METADATA_PAIRS_MAX);
  }

  /** Why the entry is refused, or null. Checks come in Loki's order: time, line, structured metadata. */
  reasonAgainst(entry: EntryShape): DiscardReason | null {
    const limits = this.#limits;
    if (limits.reject_old_samples && isBefore(entry, this.#oldest)) return 'greater_than_max_sample_age';
    if (isBefore(this.#newest, entry)) return 'too_far_in_future';
    if (limits.max_line_size > 0 && entry.lineLength > limits.max_line_size) return 'line_too_long';
    if (entry.metadataCount === 0) return null;
    if (!limits.allow_structured_metadata) return 'disallowed_structured_metadata';
    const sizeMax = limits.max_structured_metadata_size;
    if (sizeMax > 0 && entry.metadataLength > sizeMax) return 'structured_metadata_too_large';
    return entry.metadataCount > this.#pairsMax ? 'structured_metadata_too_many' : null;
  }

  /** The text for an entry that `reasonAgainst` refused; `stream` is the canonical label text. */
  messageFor(reason: DiscardReason, stream: string, entry: EntryShape): string {
    const limits = this.#limits;
    switch (reason) {
      case 'greater_than_max_sample_age':
        return (
          `entry for stream '${stream}' has timestamp too old: ${rfc3339(entry.seconds)}, ` +
          `oldest acceptable timestamp is: ${rfc3339(this.#oldest.seconds)}`
        );
      case 'too_far_in_future':
        return `entry for stream '${stream}' has timestamp too new: ${rfc3339(entry.seconds)}`;
      case 'line_too_long':
        return (
          `max entry size '${limits.max_line_size}' bytes exceeded for stream '${stream}' ` +
          `while adding an entry with length '${entry.lineLength}' bytes`
        );
      case 'disallowed_structured_metadata':
        return (
          `stream '${stream}' includes structured metadata, but this feature is disallowed. Please see ` +
          '`limits_config.allow_structured_metadata` or contact your Loki administrator to enable it'
        );
      case 'structured_metadata_too_large':
        return (
          `stream '${stream}' has structured metadata too large: '${entry.metadataLength}' bytes, limit: ` +
          `'${limits.max_structured_metadata_size}' bytes. Please see \`limits_config.max_structured_metadata_size\` ` +
          'or contact your Loki administrator to increase it'
        );
      case 'structured_metadata_too_many':
        return (
          `stream '${stream}' has too many structured metadata labels: '${entry.metadataCount}', limit: ` +
          `'${this.#pairsMax}'. Please see ` +
          '`limits_config.max_structured_metadata_entries_count` or contact your Loki administrator to increase it'
        );
      default:
        throw new AssertionError(`no entry is refused for ${reason}`);
    }
  }
}
