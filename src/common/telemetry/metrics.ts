import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100];

/**
 * The process's metrics, under Loki's names where Loki has the metric. Services that keep their own counts register a
 * reader with `observe`.
 */
export class Metrics {
  readonly registry = new Registry();

  readonly requestSeconds = new Histogram({
    name: 'loki_request_duration_seconds',
    help: 'Time (in seconds) spent serving HTTP requests.',
    labelNames: ['method', 'route', 'status_code', 'ws'],
    buckets: REQUEST_SECONDS,
    registers: [this.registry],
  });

  readonly inflightRequests = new Gauge({
    name: 'loki_inflight_requests',
    help: 'Current number of inflight requests.',
    labelNames: ['method', 'route'],
    registers: [this.registry],
  });

  readonly bytesReceived = new Counter({
    name: 'loki_distributor_bytes_received_total',
    help: 'The total number of uncompressed bytes received per tenant.',
    labelNames: ['tenant', 'format'],
    registers: [this.registry],
  });

  readonly linesReceived = new Counter({
    name: 'loki_distributor_lines_received_total',
    help: 'The total number of lines received per tenant.',
    labelNames: ['tenant', 'format'],
    registers: [this.registry],
  });

  readonly structuredMetadataBytesReceived = new Counter({
    name: 'loki_distributor_structured_metadata_bytes_received_total',
    help: 'The total number of uncompressed bytes of structured metadata received per tenant.',
    labelNames: ['tenant', 'format'],
    registers: [this.registry],
  });

  readonly discardedSamples = new Counter({
    name: 'loki_discarded_samples_total',
    help: 'The total number of samples that were discarded.',
    labelNames: ['reason', 'tenant'],
    registers: [this.registry],
  });

  readonly discardedBytes = new Counter({
    name: 'loki_discarded_bytes_total',
    help: 'The total number of bytes that were discarded.',
    labelNames: ['reason', 'tenant'],
    registers: [this.registry],
  });

  readonly queryLatency = new Histogram({
    name: 'loki_logql_querystats_latency_seconds',
    help: 'Distribution of latency for LogQL queries.',
    labelNames: ['type', 'range', 'status_code'],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128],
    registers: [this.registry],
  });

  readonly tailDroppedEntries = new Counter({
    name: 'skald_tail_dropped_entries_total',
    help: 'Entries that tailing clients did not get because they read too slowly, and that were reported to them.',
    labelNames: ['tenant'],
    registers: [this.registry],
  });

  constructor(version: string) {
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'loki_build_info',
      help: 'A metric with a constant 1 value labeled by version.',
      labelNames: ['version', 'revision', 'branch', 'goversion'],
      registers: [this.registry],
    }).set({ version, revision: '', branch: '', goversion: '' }, 1);
  }

  /** A gauge that is read when metrics are asked for. */
  observe(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }

  /** A counter that somebody else counts; read when metrics are asked for. */
  observeCounter(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }
}
