import { Counter, Gauge, type Registry } from 'prom-client';

/** Whose samples, and where they go. */
interface RemoteLabels {
  readonly tenant: string;
  readonly remote_name: string;
  readonly url: string;
}

/** Metrics of remote write, under the names of Loki's ruler. */
export class RemoteWriteMetrics {
  readonly #registers: Registry[];
  readonly #sent: Counter;
  readonly #retried: Counter;
  readonly #failed: Counter;
  readonly #dropped: Counter;

  constructor(registry: Registry) {
    this.#registers = [registry];
    this.#sent = this.#counter('samples_total', 'Total number of samples that a receiver has taken.');
    this.#retried = this.#counter('samples_retried_total', 'Total number of samples that were to be sent again.');
    this.#failed = this.#counter('samples_failed_total', 'Total number of samples that a receiver refused.');
    this.#dropped = this.#counter('samples_dropped_total', 'Total number of samples that were too old to be sent.');
  }

  of(labels: RemoteLabels) {
    return {
      sent: (count: number) => this.#sent.inc({ ...labels }, count),
      retried: (count: number) => this.#retried.inc({ ...labels }, count),
      failed: (count: number) => this.#failed.inc({ ...labels }, count),
      dropped: (count: number) => this.#dropped.inc({ ...labels }, count),
    };
  }

  /** A gauge that is read when metrics are asked for. */
  observePending(read: () => Promise<readonly { tenant: string; remote_name: string; count: number }[]>): void {
    new Gauge({
      name: nameOf('samples_pending'),
      help: 'Samples that this process has recorded and no receiver has taken yet.',
      labelNames: ['tenant', 'remote_name'],
      registers: this.#registers,
      async collect() {
        this.reset();
        for (const { count, ...labels } of await read()) this.set(labels, count);
      },
    });
  }

  #counter(name: string, help: string): Counter {
    return new Counter({
      name: nameOf(name),
      help,
      labelNames: ['tenant', 'remote_name', 'url'],
      registers: this.#registers,
    });
  }
}

function nameOf(name: string): string {
  return `loki_ruler_wal_prometheus_remote_storage_${name}`;
}
