import { SkaldError } from '../../src/common/errors.ts';
import { encodeUtf8 } from '../../src/common/utf8.ts';
import type { EntryBatch } from '../../storage/head/entry-batch.ts';
import { Discards, type Discard } from '../discards.ts';
import { EntryBatchBuilder } from '../entry-batch-builder.ts';
import { GroupedErrors } from '../grouped-errors.ts';
import type { IngestLimits } from '../ingest-limits.ts';
import { LEVEL_NAMES, NO_LEVEL, scanBody, type LevelDetector } from '../level-detection.ts';
import { keptLength } from '../line-size.ts';
import { MetadataStage } from '../metadata-stage.ts';
import type { TokenBucket } from '../rate-limit.ts';
import { StreamAdmission, type ActiveStreams } from '../stream-admission.ts';
import type { ResolvedStream, StreamResolver } from '../stream-resolver.ts';
import { NANOS_PER_SECOND } from '../timestamp.ts';
import { EntryChecks, type EntryShape, type Problem } from '../validate.ts';
import type { EntrySink } from './entry-sink.ts';

/** What a push is built with: the tenant's limits, what is kept between its pushes, and the moment of this one. */
export interface PushContext {
  readonly tenant: string;
  readonly limits: IngestLimits;
  readonly resolver: StreamResolver;
  /** A number that no other push has that uses the resolver. */
  readonly push: number;
  readonly detector: LevelDetector;
  readonly tenantBucket: TokenBucket;
  readonly active: ActiveStreams;
  readonly nowNs: bigint;
  /** For token buckets, which must not jump with the wall clock. */
  readonly monotonicMs: number;
}

/** What was received, stored or not: entries, bytes of lines, and bytes of metadata names and values. */
export interface PushStatistics {
  lines: number;
  lineBytes: number;
  metadataBytes: number;
}

export interface PushOutcome {
  /** What is to be stored, even when there is an error; null when nothing is. */
  readonly batch: EntryBatch | null;
  readonly discarded: readonly Discard[];
  /** Entries that were changed: truncated lines, with the bytes that were cut off. */
  readonly mutated: readonly Discard[];
  readonly error: SkaldError | null;
  /** The status to answer in place of the error's own: block_ingestion_status_code. */
  readonly status: number | null;
  readonly statistics: Readonly<PushStatistics>;
}

/** Bytes of body for each row that columns are made for at first. */
const BYTES_PER_ROW = 64;
const ROWS_MIN = 16;

/** Validates the entries of one push and collects the good ones. The order of checks is Loki's (features section 4). */
export class PushBuilder implements EntrySink {
  readonly #context: PushContext;
  readonly #body: Uint8Array;
  readonly #batch: EntryBatchBuilder;
  readonly #metadata: MetadataStage;
  readonly #checks: EntryChecks;
  readonly #admission: StreamAdmission;
  readonly #blocked: Problem | null;
  readonly #identifier: Uint8Array;
  readonly #discards = new Discards();
  readonly #mutations = new Discards();
  readonly #errors = new GroupedErrors();
  readonly #statistics: PushStatistics = { lines: 0, lineBytes: 0, metadataBytes: 0 };
  readonly #entry: EntryShape = { seconds: 0, nanos: 0, lineLength: 0, metadataCount: 0, metadataLength: 0 };
  #streamsSeen = 0;
  #validCount = 0;
  #validBytes = 0;
  #isBlocked = false;

  /** The stream being added. */
  #resolved: ResolvedStream | null = null;
  #problem: Problem | null = null;
  #refusedCount = 0;
  #refusedBytes = 0;
  /** Its number in the batch, -1 before its first stored entry. */
  #stream = -1;
  #streamLevel = NO_LEVEL;
  /** Of its last stored entry, for increment_duplicate_timestamp: as received, and as stored. */
  #hasPrevious = false;
  #receivedSeconds = 0;
  #receivedNanos = 0;
  #storedSeconds = 0;
  #storedNanos = 0;

  /** Takes over `body`: lines are moved within it and become part of the batch. */
  constructor(body: Uint8Array, context: PushContext) {
    const { limits } = context;
    this.#context = context;
    this.#body = body;
    this.#batch = new EntryBatchBuilder(body, LEVEL_NAMES, Math.max(ROWS_MIN, Math.ceil(body.length / BYTES_PER_ROW)));
    this.#metadata = new MetadataStage(body, this.#batch, limits.log_level_fields);
    this.#checks = new EntryChecks(limits, context.nowNs);
    this.#admission = new StreamAdmission({
      tenant: context.tenant,
      limits,
      active: context.active,
      nowMs: context.monotonicMs,
      discards: this.#discards,
    });
    this.#blocked = findBlock(context);
    this.#identifier = Buffer.from(limits.max_line_size_truncate_identifier);
  }

  beginStream(labels: string): void {
    const text = encodeUtf8(labels);
    this.#begin(this.#context.resolver.resolve(text, 0, text.length, this.#context.limits));
  }

  beginStreamAt(labelsStart: number, labelsEnd: number): void {
    this.#begin(this.#context.resolver.resolve(this.#body, labelsStart, labelsEnd, this.#context.limits));
  }

  #begin(resolved: ResolvedStream): void {
    this.#streamsSeen++;
    this.#resolved = resolved;
    this.#problem = resolved.problem ?? this.#blocked;
    this.#refusedCount = 0;
    this.#refusedBytes = 0;
    this.#stream = resolved.push === this.#context.push ? resolved.number : -1;
    this.#streamLevel = resolved.level === null ? NO_LEVEL : this.#metadata.levelNumber(resolved.level);
    this.#hasPrevious = false;
    this.#admission.begin(resolved, this.#stream < 0);
  }

  addMetadata(nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    this.#metadata.add(nameStart, nameEnd, valueStart, valueEnd);
  }

  addEntry(seconds: number, nanos: number, lineStart: number, lineEnd: number): void {
    const entry = this.#entry;
    entry.seconds = seconds;
    entry.nanos = nanos;
    entry.lineLength = lineEnd - lineStart;
    entry.metadataCount = this.#metadata.count;
    entry.metadataLength = this.#metadata.length;
    this.#statistics.lines++;
    this.#statistics.lineBytes += entry.lineLength;
    this.#statistics.metadataBytes += entry.metadataLength;
    if (this.#context.limits.max_line_size_truncate) this.#truncate(lineStart, entry);
    this.#addChecked(entry, lineStart);
    this.#metadata.clear();
  }

  endStream(): void {
    const problem = this.#problem;
    if (problem !== null && this.#refusedCount > 0) {
      this.#discards.add(problem.reason, this.#refusedCount, this.#refusedBytes);
      if (problem === this.#blocked) this.#isBlocked = true;
      else {
        // Loki counts entries of streams with bad labels under both reasons.
        if (problem.reason !== 'missing_enforced_labels') {
          this.#discards.add('invalid_labels', this.#refusedCount, this.#refusedBytes);
        }
        this.#errors.add(problem.message);
      }
    }
    this.#admission.end();
    this.#resolved = null;
  }

  /** The result of the push; the builder is used up. */
  finish(): PushOutcome {
    const error = this.#refusal();
    const limits = this.#context.limits;
    if (error === null && !this.#context.tenantBucket.take(this.#validBytes, this.#context.monotonicMs)) {
      return this.#refuseAll(limits);
    }
    return {
      batch: error !== null || this.#batch.rowCount === 0 ? null : this.#batch.finish(),
      discarded: this.#discards.list(),
      mutated: this.#mutations.list(),
      error: error ?? this.#entryError(),
      status: this.#isBlocked ? limits.block_ingestion_status_code : null,
      statistics: this.#statistics,
    };
  }

  #refusal(): SkaldError | null {
    if (this.#streamsSeen > 0) return null;
    return new SkaldError('no_valid_streams', 'error at least one valid stream is required for ingestion');
  }

  /** Over the tenant's rate: the whole push is dropped. */
  #refuseAll(limits: IngestLimits): PushOutcome {
    this.#admission.undo();
    const discards = new Discards();
    discards.add('rate_limited', this.#validCount, this.#validBytes);
    const rate = Math.floor(limits.ingestion_rate_mb * 2 ** 20);
    const message =
      `ingestion rate limit exceeded for user ${this.#context.tenant} (limit: ${rate} bytes/sec) while attempting to ` +
      `ingest '${this.#validCount}' lines totaling '${this.#validBytes}' bytes, reduce log volume or contact your Loki ` +
      'administrator to see if the limit can be increased';
    return {
      batch: null,
      discarded: discards.list(),
      mutated: [],
      error: new SkaldError('rate_limited', message),
      status: null,
      statistics: this.#statistics,
    };
  }

  #entryError(): SkaldError | null {
    if (this.#isBlocked) return new SkaldError('invalid_entries', (this.#blocked as Problem).message);
    if (this.#admission.error !== null) return new SkaldError('rate_limited', this.#admission.error);
    return this.#errors.isEmpty ? null : new SkaldError('invalid_entries', this.#errors.toString());
  }

  #addChecked(entry: EntryShape, lineStart: number): void {
    const size = entry.lineLength + entry.metadataLength;
    if (this.#problem !== null) {
      this.#refusedCount++;
      this.#refusedBytes += size;
      return;
    }
    const resolved = this.#resolved as ResolvedStream;
    const reason = this.#checks.reasonAgainst(entry);
    if (reason !== null) {
      this.#discards.add(reason, 1, size);
      this.#errors.add(this.#checks.messageFor(reason, resolved.labels.key, entry));
      return;
    }
    if (entry.metadataCount > 0) this.#metadata.resolve();
    this.#validCount++;
    this.#validBytes += size;
    if (!this.#admission.admit(entry.seconds, entry.nanos, entry.lineLength)) return;
    if (this.#stream < 0) {
      this.#stream = this.#batch.addStream(resolved.labels);
      resolved.push = this.#context.push;
      resolved.number = this.#stream;
    }
    this.#store(entry, lineStart);
  }

  #store(entry: EntryShape, lineStart: number): void {
    const lineEnd = lineStart + entry.lineLength;
    const level = this.#levelOf(lineStart, lineEnd);
    if (entry.metadataCount > 0) this.#metadata.store();
    if (this.#context.limits.increment_duplicate_timestamp) this.#separate(entry, lineStart);
    this.#batch.addRow(this.#stream, entry.seconds, entry.nanos, level, lineStart, lineEnd);
  }

  /** Order: the client's own level, stream label, metadata fields, line (features section 4, detected_level). */
  #levelOf(lineStart: number, lineEnd: number): number {
    const discover = this.#context.limits.discover_log_levels;
    const hasMetadata = this.#entry.metadataCount > 0;
    if (hasMetadata) {
      const own = this.#metadata.ownLevel(discover);
      if (own !== NO_LEVEL) return own;
    }
    if (!discover) return NO_LEVEL;
    if (this.#streamLevel !== NO_LEVEL) return this.#streamLevel;
    if (hasMetadata) {
      const level = this.#metadata.fieldLevel();
      if (level !== NO_LEVEL) return level;
    }
    return this.#context.detector.detect(this.#body, lineStart, lineEnd);
  }

  #truncate(lineStart: number, entry: EntryShape): void {
    const { max_line_size: sizeMax } = this.#context.limits;
    if (sizeMax === 0 || entry.lineLength <= sizeMax) return;
    const kept = keptLength(this.#body, lineStart, lineStart + entry.lineLength, sizeMax, this.#identifier.length);
    this.#body.set(this.#identifier, lineStart + kept);
    scanBody(null);
    this.#mutations.add('line_too_long', 1, entry.lineLength - kept - this.#identifier.length);
    entry.lineLength = kept + this.#identifier.length;
  }

  /** Moves an entry one nanosecond after the one before it, if they differ only in their lines. */
  #separate(entry: EntryShape, lineStart: number): void {
    const isSameTime =
      (entry.seconds === this.#receivedSeconds && entry.nanos === this.#receivedNanos) ||
      (entry.seconds === this.#storedSeconds && entry.nanos === this.#storedNanos);
    if (this.#hasPrevious && isSameTime && !this.#repeatsLastLine(lineStart, entry.lineLength)) {
      entry.nanos = this.#storedNanos + 1;
      entry.seconds = this.#storedSeconds;
      if (entry.nanos === NANOS_PER_SECOND) {
        entry.nanos = 0;
        entry.seconds++;
      }
    } else {
      this.#receivedSeconds = entry.seconds;
      this.#receivedNanos = entry.nanos;
    }
    this.#storedSeconds = entry.seconds;
    this.#storedNanos = entry.nanos;
    this.#hasPrevious = true;
  }

  #repeatsLastLine(lineStart: number, length: number): boolean {
    const { lastLineStart, lineEnd } = this.#batch;
    if (lineEnd - lastLineStart !== length) return false;
    for (let i = 0; i < length; i++) if (this.#body[lastLineStart + i] !== this.#body[lineStart + i]) return false;
    return true;
  }
}

/** The problem of every entry while ingestion of the tenant is blocked. */
function findBlock({ tenant, limits, nowNs }: PushContext): Problem | null {
  const until = limits.block_ingestion_until;
  if (until === '' || Date.parse(until) <= Number(nowNs / 1_000_000n)) return null;
  const code = limits.block_ingestion_status_code;
  const message = `ingestion blocked for user '${tenant}' until '${until}' with status code '${code}'`;
  return { reason: 'blocked_ingestion', message };
}
