import type { Histogram, MetricValueWithName, Registry } from 'prom-client';
import type { EntryBatch } from '../../../storage/head/entry-batch.ts';

const NAME = 'loki_bytes_per_line';
const BOUNDS = [1, 8, 64, 512, 4096, 32_768];

/** `loki_bytes_per_line`: counted without a call of the library for each line. */
export class LineLengths {
  /** Lines by bucket, not cumulative; the last has no bound. */
  readonly #counts = new Float64Array(BOUNDS.length + 1);
  #sum = 0;

  constructor(registry: Registry) {
    // What a registry asks of a metric.
    const help = 'The total number of bytes per line.';
    const metric = {
      name: NAME,
      get: async () => ({ name: NAME, help, type: 'histogram', aggregator: 'sum', values: this.#values() }),
    };
    registry.registerMetric(metric as unknown as Histogram);
  }

  add({ rowCount, lineOffsets }: EntryBatch): void {
    const counts = this.#counts;
    for (let row = 0; row < rowCount; row++) {
      const length = lineOffsets[row + 1] - lineOffsets[row];
      let bucket = 0;
      while (bucket < BOUNDS.length && length > BOUNDS[bucket]) bucket++;
      counts[bucket]++;
    }
    this.#sum += lineOffsets[rowCount] - lineOffsets[0];
  }

  #values(): MetricValueWithName<string>[] {
    let total = 0;
    const buckets = [...BOUNDS, '+Inf'].map((le, i) => {
      total += this.#counts[i];
      return { labels: { le }, value: total, metricName: `${NAME}_bucket` };
    });
    return [
      ...buckets,
      { labels: {}, value: this.#sum, metricName: `${NAME}_sum` },
      { labels: {}, value: total, metricName: `${NAME}_count` },
    ];
  }
}
