import { SkaldError } from '../../src/common/errors.ts';
import type { Clock } from '../../src/common/runtime.ts';
import type { IngestLimits } from '../ingest-limits.ts';
import { LevelDetector, scanBody } from '../level-detection.ts';
import { TokenBucket } from '../rate-limit.ts';
import type { ActiveStreams } from '../stream-admission.ts';
import { StreamResolver } from '../stream-resolver.ts';
import { DEFAULT_BODY_LIMITS, readContent, type BodyLimits, type PushBody, type PushRequest } from './content.ts';
import { decodeLegacyJson } from './legacy-json.ts';
import { decodeLokiJson } from './loki-json.ts';
import { decodeLokiProto } from './loki-proto.ts';
import { OtlpRules, type OtlpConfig } from './otlp/attribute-actions.ts';
import { readOtlpContent } from './otlp/otlp-content.ts';
import { readOtlpJson } from './otlp/otlp-json.ts';
import { readOtlpProto } from './otlp/otlp-proto.ts';
import { OtlpRecords } from './otlp/records.ts';
import { PushBuilder, type PushContext, type PushOutcome } from './push-builder.ts';

export interface PushDecoderOptions {
  readonly tenant: string;
  readonly clock: Clock;
  /** The tenant's limits at this moment. The same object means the same limits. */
  readonly limits: () => IngestLimits;
  /** The streams of the tenant's head; only asked when max_global_streams_per_user is set. */
  readonly active: ActiveStreams;
  readonly bodyLimits?: BodyLimits;
}

export interface DecodedPush extends PushOutcome {
  /** Bytes of memory that the decompressed body takes, until nobody uses it any more. */
  readonly memoryBytes: number;
}

const MIB = 2 ** 20;

/**
 * Turns the pushes of one tenant into entry batches. Keeps between them what clients repeat (label texts) and what
 * limits need (token buckets). A push is decoded in one synchronous turn.
 */
export class PushDecoder {
  readonly #options: PushDecoderOptions;
  readonly #resolver: StreamResolver;
  #pushes = 0;
  #limits: IngestLimits | null = null;
  #detector = new LevelDetector([], 0);
  #otlp: { readonly config: OtlpConfig; readonly rules: OtlpRules } | null = null;
  #tenantBucket: TokenBucket | null = null;

  constructor(options: PushDecoderOptions) {
    this.#options = options;
    this.#resolver = new StreamResolver(options.tenant);
  }

  /**
   * Decodes and validates a push. Never throws for what a client can send: the error is part of the outcome. `batch` is
   * to be stored before the error, or success, is answered. The body belongs to the decoder, and then to the batch.
   * `legacy` is JSON in the form of `/api/prom/push`.
   */
  decode(request: PushRequest, options: { readonly legacy?: boolean } = {}): DecodedPush {
    const read = () => readContent(request, this.#bodyLimits);
    return this.#outcomeOf(read, ({ format, bytes }) => {
      if (format === 'protobuf') return this.#decodeProto(bytes);
      const builder = new PushBuilder(bytes, this.#context());
      if (options.legacy === true) decodeLegacyJson(bytes, builder);
      else decodeLokiJson(bytes, builder);
      return builder.finish();
    });
  }

  /** As `decode`, for the bytes of a PushRequest in protobuf, not compressed: how pushes over gRPC come. */
  decodeProto(bytes: Uint8Array): DecodedPush {
    const read = (): PushBody => ({ format: 'protobuf', bytes });
    return this.#outcomeOf(read, () => this.#decodeProto(bytes));
  }

  #decodeProto(bytes: Uint8Array): PushOutcome {
    const builder = new PushBuilder(bytes, this.#context());
    // Lines of protobuf stay as they are until they are stored.
    scanBody(bytes);
    try {
      decodeLokiProto(bytes, builder);
      return builder.finish();
    } finally {
      scanBody(null);
    }
  }

  /** `memoryBytes` is what was made of the body, whether it could be read or not. */
  #outcomeOf(read: () => PushBody, decode: (body: PushBody) => PushOutcome): DecodedPush {
    let memoryBytes = 0;
    try {
      const body = read();
      memoryBytes = body.bytes.length;
      return { ...decode(body), memoryBytes };
    } catch (error) {
      if (!(error instanceof SkaldError)) throw error;
      if (error.code === 'too_large') memoryBytes = this.#bodyLimits.decompressedMax;
      return { ...refusal(error), memoryBytes };
    }
  }

  get #bodyLimits(): BodyLimits {
    return this.#options.bodyLimits ?? DEFAULT_BODY_LIMITS;
  }

  /** As `decode`, for an OTLP ExportLogsServiceRequest. */
  decodeOtlp(request: PushRequest): DecodedPush {
    const read = () => readOtlpContent(request, this.#bodyLimits);
    return this.#outcomeOf(read, ({ format, bytes }) => {
      const context = this.#context();
      const { limits, nowNs } = context;
      const records = new OtlpRecords(bytes, {
        serviceNames: limits.discover_service_name,
        nowNs,
        rules: this.#otlpRules(limits.otlp_config),
      });
      if (format === 'json') readOtlpJson(bytes, records);
      else readOtlpProto(bytes, records);
      const builder = new PushBuilder(records.buffer(), context);
      records.writeTo(builder);
      return builder.finish();
    });
  }

  #otlpRules(config: OtlpConfig): OtlpRules {
    if (this.#otlp?.config !== config) this.#otlp = { config, rules: new OtlpRules(config) };
    return this.#otlp.rules;
  }

  #context(): PushContext {
    const { tenant, clock, active } = this.#options;
    const limits = this.#options.limits();
    const nowMs = clock.monotonicMs();
    const rate = limits.ingestion_rate_mb * MIB;
    const burst = limits.ingestion_burst_size_mb * MIB;
    this.#tenantBucket ??= new TokenBucket(rate, burst, nowMs);
    if (limits !== this.#limits) {
      this.#limits = limits;
      this.#detector = new LevelDetector(limits.log_level_fields, limits.log_level_from_json_max_depth);
      this.#tenantBucket.configure(rate, burst, nowMs);
    }
    return {
      tenant,
      limits,
      resolver: this.#resolver,
      push: this.#pushes++,
      detector: this.#detector,
      tenantBucket: this.#tenantBucket,
      active,
      nowNs: clock.nowNs(),
      monotonicMs: nowMs,
    };
  }
}

/** The outcome of a push that cannot be read: nothing of it is stored or counted. */
function refusal(error: SkaldError): PushOutcome {
  return {
    batch: null,
    discarded: [],
    mutated: [],
    error,
    status: null,
    statistics: { lines: 0, lineBytes: 0, metadataBytes: 0 },
  };
}
