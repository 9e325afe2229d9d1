import { SkaldError } from '../../common/errors.ts';
import { freeArrays } from '../../common/free-arrays.ts';
import { MemoryReclaimer } from '../../common/memory-reclaimer.ts';
import type { Clock } from '../../common/runtime.ts';
import type { Metrics } from '../../common/telemetry/metrics.ts';
import type { Limits } from '../../config/limits.ts';
import type { BodyLimits, PushRequest } from '../../../ingest/push/content.ts';
import type { PushOutcome } from '../../../ingest/push/push-builder.ts';
import { PushDecoder, type DecodedPush } from '../../../ingest/push/push.ts';
import type { EntryBatch } from '../../../storage/head/entry-batch.ts';
import type { Ingester } from '../ingester/ingester.ts';
import { LineLengths } from './line-lengths.ts';

export interface DistributorOptions {
  readonly ingester: Ingester;
  readonly limits: (tenant: string) => Limits;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Sizes of bodies; left out: the defaults. */
  readonly bodyLimits?: BodyLimits;
}

/** The only one: that of this process. */
const INGESTER = { ingester: 'ingester' };
/** Nothing is deleted: there is no retention. */
const RETENTION_HOURS = '0';
/** Bodies are this large by mistake or in bad faith. */
const LARGE_BODY_BYTES = 32 * 2 ** 20;

/** What a body says: Loki's push format, OTLP, or the JSON of Loki's first push endpoint. */
export type PushFormat = 'loki' | 'otlp' | 'legacy';

/** A push that was refused with a status of the tenant's choice (block_ingestion_status_code). */
export class BlockedPush extends SkaldError {
  override name = 'BlockedPush';
  readonly statusCode: number;

  constructor(message: string, statusCode: number) {
    super('bad_request', message);
    this.statusCode = statusCode;
  }
}

/** Takes pushes: decodes, validates, stores what is valid, and reports the rest. */
export class Distributor {
  readonly #options: DistributorOptions;
  readonly #bodies = new MemoryReclaimer('shortLived');
  readonly #largeBodies = new MemoryReclaimer('large');
  readonly #decoders = new Map<string, PushDecoder>();
  readonly #lineLengths: LineLengths;

  constructor(options: DistributorOptions) {
    this.#options = options;
    this.#lineLengths = new LineLengths(options.metrics.registry);
    options.metrics.observe('loki_distributor_replication_factor', 'The configured replication factor.', () => 1);
  }

  /**
   * Resolves when all entries are durable. When only some are valid, those are stored and the error about the others is
   * thrown (features section 1.1, partial validation failure).
   */
  async push(tenant: string, request: PushRequest, format: PushFormat = 'loki'): Promise<void> {
    const decoder = this.#decoder(tenant);
    if (format === 'otlp') return await this.#store(tenant, format, decoder.decodeOtlp(request));
    await this.#store(tenant, 'loki', decoder.decode(request, { legacy: format === 'legacy' }));
  }

  /** As `push`, for a PushRequest in protobuf that is not compressed. The bytes belong to the distributor. */
  async pushProto(tenant: string, bytes: Uint8Array): Promise<void> {
    await this.#store(tenant, 'loki', this.#decoder(tenant).decodeProto(bytes));
  }

  async #store(tenant: string, format: 'loki' | 'otlp', outcome: DecodedPush): Promise<void> {
    this.#count(tenant, format, outcome);
    this.#bodies.dropped(outcome.statistics.lineBytes);
    if (outcome.memoryBytes > LARGE_BODY_BYTES) this.#largeBodies.dropped(outcome.memoryBytes);
    if (outcome.batch !== null) await this.#append(tenant, outcome.batch);
    if (outcome.error === null) return;
    if (outcome.status !== null) throw new BlockedPush(outcome.error.message, outcome.status);
    throw outcome.error;
  }

  #decoder(tenant: string): PushDecoder {
    const known = this.#decoders.get(tenant);
    if (known !== undefined) return known;
    const { ingester, limits, clock, bodyLimits } = this.#options;
    const decoder = new PushDecoder({
      tenant,
      clock,
      ...(bodyLimits === undefined ? {} : { bodyLimits }),
      limits: () => limits(tenant),
      active: {
        get count() {
          return ingester.streamCount(tenant);
        },
        has: (labels) => ingester.hasStream(tenant, labels),
      },
    });
    this.#decoders.set(tenant, decoder);
    return decoder;
  }

  async #append(tenant: string, batch: EntryBatch): Promise<void> {
    const { ingester, metrics } = this.#options;
    this.#lineLengths.add(batch);
    metrics.ingesterAppends.inc(INGESTER);
    try {
      await ingester.push(tenant, batch);
    } catch (error) {
      metrics.ingesterAppendFailures.inc({
        ...INGESTER,
        reason: error instanceof SkaldError ? error.code : 'internal',
      });
      throw error;
    } finally {
      // Stored or refused: the WAL and the head have copies. Lines are in the body, which is not always this process's.
      const { stream, timestamp, lineOffsets, level, metadataOffsets, metadataName } = batch;
      freeArrays(stream, timestamp, lineOffsets, level, metadataOffsets, metadataName);
      freeArrays(batch.metadataValueOffsets, batch.metadataValues);
    }
  }

  #count(tenant: string, format: 'loki' | 'otlp', { statistics, discarded, mutated }: PushOutcome): void {
    const { metrics } = this.#options;
    const retention_hours = RETENTION_HOURS;
    const common = { tenant, policy: '' };
    const received = { ...common, is_internal_stream: 'false', format };
    metrics.bytesReceived.inc({ ...received, retention_hours }, statistics.lineBytes + statistics.metadataBytes);
    metrics.linesReceived.inc(received, statistics.lines);
    metrics.structuredMetadataBytesReceived.inc({ ...received, retention_hours }, statistics.metadataBytes);
    for (const { reason, samples, bytes } of discarded) {
      // What an ingester refuses has no format in Loki.
      const isLate = reason === 'per_stream_rate_limit' || reason === 'stream_limit';
      const labels = { ...common, reason, retention_hours, format: isLate ? '' : format };
      metrics.discardedSamples.inc(labels, samples);
      metrics.discardedBytes.inc(labels, bytes);
    }
    for (const { reason, samples, bytes } of mutated) {
      metrics.mutatedSamples.inc({ reason, tenant }, samples);
      metrics.mutatedBytes.inc({ reason, tenant }, bytes);
    }
  }
}
