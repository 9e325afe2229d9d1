import { SkaldError } from '../../common/errors.ts';
import { MemoryReclaimer } from '../../common/memory-reclaimer.ts';
import type { Clock } from '../../common/runtime.ts';
import type { Metrics } from '../../common/telemetry/metrics.ts';
import type { Limits } from '../../config/limits.ts';
import type { PushRequest } from '../../../ingest/push/content.ts';
import type { PushOutcome } from '../../../ingest/push/push-builder.ts';
import { PushDecoder } from '../../../ingest/push/push.ts';
import type { Ingester } from '../ingester/ingester.ts';

export interface DistributorOptions {
  readonly ingester: Ingester;
  readonly limits: (tenant: string) => Limits;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

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
  readonly #decoders = new Map<string, PushDecoder>();

  constructor(options: DistributorOptions) {
    this.#options = options;
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

  async #store(tenant: string, format: 'loki' | 'otlp', outcome: PushOutcome): Promise<void> {
    this.#count(tenant, format, outcome);
    this.#bodies.dropped(outcome.statistics.lineBytes);
    if (outcome.batch !== null) await this.#options.ingester.push(tenant, outcome.batch);
    if (outcome.error === null) return;
    if (outcome.status !== null) throw new BlockedPush(outcome.error.message, outcome.status);
    throw outcome.error;
  }

  #decoder(tenant: string): PushDecoder {
    const known = this.#decoders.get(tenant);
    if (known !== undefined) return known;
    const { ingester, limits, clock } = this.#options;
    const decoder = new PushDecoder({
      tenant,
      clock,
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

  #count(tenant: string, format: 'loki' | 'otlp', { statistics, discarded }: PushOutcome): void {
    const { metrics } = this.#options;
    const labels = { tenant, format };
    metrics.bytesReceived.inc(labels, statistics.lineBytes + statistics.metadataBytes);
    metrics.linesReceived.inc(labels, statistics.lines);
    metrics.structuredMetadataBytesReceived.inc(labels, statistics.metadataBytes);
    for (const { reason, samples, bytes } of discarded) {
      metrics.discardedSamples.inc({ reason, tenant }, samples);
      metrics.discardedBytes.inc({ reason, tenant }, bytes);
    }
  }
}
