import { arch, platform } from 'node:process';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100];

const RECEIVED = ['tenant', 'retention_hours', 'is_internal_stream', 'policy', 'format'] as const;
const DISCARDED = ['reason', 'tenant', 'retention_hours', 'policy', 'format'] as const;
const MESSAGE_BYTES = [1, 8, 64, 512, 1, 2.5, 5, 10, 25, 50, 100, 250].map((size, i) =>
  i < 4 ? size * 1024 : size * 2 ** 20,
);

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

  readonly requestBytes = new Histogram({
    name: 'loki_request_message_bytes',
    help: 'Size (in bytes) of messages received in the request.',
    labelNames: ['method', 'route'],
    buckets: MESSAGE_BYTES,
    registers: [this.registry],
  });

  readonly responseBytes = new Histogram({
    name: 'loki_response_message_bytes',
    help: 'Size (in bytes) of messages sent in response.',
    labelNames: ['method', 'route'],
    buckets: MESSAGE_BYTES,
    registers: [this.registry],
  });

  readonly tcpConnections = new Gauge({
    name: 'loki_tcp_connections',
    help: 'Current number of accepted TCP connections.',
    labelNames: ['protocol'],
    registers: [this.registry],
  });

  readonly panics = new Counter({
    name: 'loki_panic_total',
    help: 'The total number of requests that failed for a reason that nobody expected.',
    registers: [this.registry],
  });

  readonly bytesReceived = new Counter({
    name: 'loki_distributor_bytes_received_total',
    help: 'The total number of uncompressed bytes received per tenant.',
    labelNames: RECEIVED,
    registers: [this.registry],
  });

  readonly linesReceived = new Counter({
    name: 'loki_distributor_lines_received_total',
    help: 'The total number of lines received per tenant.',
    labelNames: ['tenant', 'is_internal_stream', 'policy', 'format'],
    registers: [this.registry],
  });

  readonly structuredMetadataBytesReceived = new Counter({
    name: 'loki_distributor_structured_metadata_bytes_received_total',
    help: 'The total number of uncompressed bytes of structured metadata received per tenant.',
    labelNames: RECEIVED,
    registers: [this.registry],
  });

  readonly discardedSamples = new Counter({
    name: 'loki_discarded_samples_total',
    help: 'The total number of samples that were discarded.',
    labelNames: DISCARDED,
    registers: [this.registry],
  });

  readonly discardedBytes = new Counter({
    name: 'loki_discarded_bytes_total',
    help: 'The total number of bytes that were discarded.',
    labelNames: DISCARDED,
    registers: [this.registry],
  });

  readonly mutatedSamples = new Counter({
    name: 'loki_mutated_samples_total',
    help: 'The total number of samples that have been mutated.',
    labelNames: ['reason', 'tenant'],
    registers: [this.registry],
  });

  readonly mutatedBytes = new Counter({
    name: 'loki_mutated_bytes_total',
    help: 'The total number of bytes that have been mutated.',
    labelNames: ['reason', 'tenant'],
    registers: [this.registry],
  });

  readonly ingesterAppends = new Counter({
    name: 'loki_distributor_ingester_appends_total',
    help: 'The total number of batch appends sent to ingesters.',
    labelNames: ['ingester'],
    registers: [this.registry],
  });

  readonly ingesterAppendFailures = new Counter({
    name: 'loki_distributor_ingester_append_failures_total',
    help: 'The total number of failed batch appends sent to ingesters.',
    labelNames: ['ingester', 'reason'],
    registers: [this.registry],
  });

  readonly chunkAgeSeconds = new Histogram({
    name: 'loki_ingester_chunk_age_seconds',
    help: 'Distribution of chunk ages (when stored).',
    buckets: [60, 300, 600, 1800, 3600, 7200, 14_400, 36_000, 43_200, 57_600],
    registers: [this.registry],
  });

  readonly chunkSizeBytes = new Histogram({
    name: 'loki_ingester_chunk_size_bytes',
    help: 'Distribution of stored chunk sizes (when stored).',
    buckets: Array.from({ length: 10 }, (_, i) => 20_000 * 4 ** i),
    registers: [this.registry],
  });

  readonly chunkEntries = new Histogram({
    name: 'loki_ingester_chunk_entries',
    help: 'Distribution of stored lines per chunk (when stored).',
    buckets: Array.from({ length: 10 }, (_, i) => 200 * 4 ** i),
    registers: [this.registry],
  });

  readonly chunkBoundsHours = new Histogram({
    name: 'loki_ingester_chunk_bounds_hours',
    help: 'Distribution of chunk end-start durations.',
    buckets: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20, 24],
    registers: [this.registry],
  });

  readonly queryDuration = new Histogram({
    name: 'logql_query_duration_seconds',
    help: 'LogQL query timings.',
    labelNames: ['query_type'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  readonly queryThroughput = new Histogram({
    name: 'loki_logql_querystats_bytes_processed_per_seconds',
    help: 'Distribution of bytes processed per second for LogQL queries.',
    labelNames: ['type', 'range', 'status_code', 'latency_type', 'sharded'],
    buckets: [50, 100, 200, 400, 600, 800, 1000, 2000, 3000, 4000, 5000, 6000].map((mb) => mb * 1e6),
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
      labelNames: ['version', 'revision', 'branch', 'goversion', 'goos', 'goarch', 'tags'],
      registers: [this.registry],
    }).set({ version, revision: '', branch: '', goversion: '', goos: platform, goarch: arch, tags: '' }, 1);
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

  /** A gauge with a value for each tenant. */
  observeTenants(name: string, help: string, read: () => Iterable<readonly [tenant: string, value: number]>): void {
    new Gauge({
      name,
      help,
      labelNames: ['tenant'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [tenant, value] of read()) this.set({ tenant }, value);
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
