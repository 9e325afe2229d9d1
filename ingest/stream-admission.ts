import { formatDataSize } from '../src/common/data-size.ts';
import type { Labels } from '../src/common/labels.ts';
import type { Discards } from './discards.ts';
import type { IngestLimits } from './ingest-limits.ts';
import { TokenBucket } from './rate-limit.ts';
import type { ResolvedStream } from './stream-resolver.ts';
import { goTimeText } from './timestamp.ts';

/** The streams of a tenant that count for max_global_streams_per_user: those in its head. */
export interface ActiveStreams {
  readonly count: number;
  has(labels: Labels): boolean;
}

/** Refused entries of a stream that the answer lists one by one. */
const LISTED_MAX = 10;
const INCREASE = 'contact your Loki administrator to see if the limit can be increased';

export interface AdmissionContext {
  readonly tenant: string;
  readonly limits: IngestLimits;
  readonly active: ActiveStreams;
  readonly nowMs: number;
  readonly discards: Discards;
}

/**
 * Lets valid entries of a push in as far as the number of streams and the rate of each stream allow. Other streams of
 * the push are not affected; the answer is about the last stream that was held up, as in Loki.
 */
export class StreamAdmission {
  readonly #context: AdmissionContext;
  /** What this push took, to give it back when the push is refused as a whole. */
  readonly #taken: TokenBucket[] = [];
  readonly #takenBytes: number[] = [];
  #newStreams = 0;
  #stream: ResolvedStream | null = null;
  #bucket: TokenBucket | null = null;
  #isNewInPush = false;
  #entryCount = 0;
  #admittedBytes = 0;
  #refusedCount = 0;
  #refusedBytes = 0;
  #listed: string[] = [];
  #error: string | null = null;

  constructor(context: AdmissionContext) {
    this.#context = context;
  }

  /** The text of the 429 answer, or null when all entries were let in. */
  get error(): string | null {
    return this.#error;
  }

  /** `isNewInPush`: no entry of this push went to the stream before. */
  begin(stream: ResolvedStream, isNewInPush: boolean): void {
    this.#stream = stream;
    this.#isNewInPush = isNewInPush;
    this.#bucket = null;
    this.#entryCount = 0;
    this.#admittedBytes = 0;
    this.#refusedCount = 0;
    this.#refusedBytes = 0;
    if (this.#listed.length > 0) this.#listed = [];
  }

  /** May this valid entry be stored? */
  admit(seconds: number, nanos: number, lineLength: number): boolean {
    const stream = this.#stream as ResolvedStream;
    if (this.#entryCount++ === 0) this.#bucket = this.#open(stream);
    const bucket = this.#bucket;
    if (bucket?.take(lineLength, this.#context.nowMs) === true) {
      this.#admittedBytes += lineLength;
      return true;
    }
    this.#refusedCount++;
    this.#refusedBytes += lineLength;
    if (bucket !== null && this.#listed.length < LISTED_MAX) this.#list(stream.labels, seconds, nanos, lineLength);
    return false;
  }

  end(): void {
    if (this.#bucket !== null) {
      this.#taken.push(this.#bucket);
      this.#takenBytes.push(this.#admittedBytes);
    }
    if (this.#stream === null || this.#refusedCount === 0) return;
    const { labels } = this.#stream;
    const { discards, tenant } = this.#context;
    if (this.#bucket === null) {
      discards.add('stream_limit', this.#refusedCount, this.#refusedBytes);
      this.#error =
        `maximum active stream limit exceeded when trying to create stream ${labels.key}, reduce the number of active ` +
        `streams (reduce labels or reduce label values), or ${INCREASE}, user: '${tenant}'`;
      return;
    }
    discards.add('per_stream_rate_limit', this.#refusedCount, this.#refusedBytes);
    const total = `total ignored: ${this.#refusedCount} out of ${this.#entryCount} for stream: ${labels.key}`;
    this.#error = `${this.#listed.join('')}user '${tenant}', ${total}`;
  }

  /** The push is refused as a whole: what it took from the streams is given back. */
  undo(): void {
    this.#taken.forEach((bucket, i) => bucket.giveBack(this.#takenBytes[i]));
  }

  /** The bucket of the stream, or null when it would be one stream too many. */
  #open(stream: ResolvedStream): TokenBucket | null {
    const { limits, active, nowMs } = this.#context;
    const streamsMax = limits.max_global_streams_per_user;
    if (streamsMax > 0 && this.#isNewInPush && !active.has(stream.labels)) {
      if (active.count + this.#newStreams >= streamsMax) return null;
      this.#newStreams++;
    }
    const { per_stream_rate_limit: rate, per_stream_rate_limit_burst: burst } = limits;
    stream.bucket ??= new TokenBucket(rate, burst, nowMs);
    stream.bucket.configure(rate, burst, nowMs);
    return stream.bucket;
  }

  #list(labels: Labels, seconds: number, nanos: number, lineLength: number): void {
    const rate = formatDataSize(this.#context.limits.per_stream_rate_limit);
    this.#listed.push(
      `entry with timestamp ${goTimeText(seconds, nanos)} ignored, reason: 'Per stream rate limit exceeded (limit: ` +
        `${rate}/sec) while attempting to ingest for stream '${labels.key}' totaling ${formatDataSize(lineLength)}, ` +
        `consider splitting a stream via additional labels or ${INCREASE}',\n`,
    );
  }
}
