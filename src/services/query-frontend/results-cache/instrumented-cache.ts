import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Clock } from '../../../common/runtime.ts';
import type { CacheStore, CacheValue } from './cache-store.ts';
import type { MemoryCache } from './memory-cache.ts';

/** The cache's name in metrics, as Loki's dashboards ask for it. */
const NAME = 'frontend.results-cache';
const SECONDS = [0.000016, 0.000064, 0.000256, 0.001024, 0.004096, 0.016384, 0.065536, 0.262144, 1];
const SIZES = [1024, 4096, 16384, 65536, 262144, 2 ** 20, 4 * 2 ** 20, 16 * 2 ** 20];

/** A store whose work is counted under Loki's names. */
export class InstrumentedCache implements CacheStore {
  readonly #store: CacheStore;
  readonly #clock: Clock;
  readonly #seconds: Histogram<'name' | 'method'>;
  readonly #fetched: Counter<'name'>;
  readonly #hits: Counter<'name'>;
  readonly #sizes: Histogram<'name' | 'method'>;

  constructor(store: CacheStore, clock: Clock, registry: Registry) {
    this.#store = store;
    this.#clock = clock;
    const registers = [registry];
    this.#seconds = new Histogram({
      name: 'loki_cache_request_duration_seconds',
      help: 'Total time spent in seconds doing cache requests.',
      labelNames: ['name', 'method'],
      buckets: SECONDS,
      registers,
    });
    this.#fetched = new Counter({
      name: 'loki_cache_fetched_keys',
      help: 'Total count of keys requested from cache.',
      labelNames: ['name'],
      registers,
    });
    this.#hits = new Counter({
      name: 'loki_cache_hits',
      help: 'Total count of keys found in cache.',
      labelNames: ['name'],
      registers,
    });
    this.#sizes = new Histogram({
      name: 'loki_cache_value_size_bytes',
      help: 'Size of values in the cache.',
      labelNames: ['name', 'method'],
      buckets: SIZES,
      registers,
    });
  }

  get outlivesProcess(): boolean {
    return this.#store.outlivesProcess;
  }

  async get(keys: readonly string[]): Promise<(Uint8Array | null)[]> {
    const startMs = this.#clock.monotonicMs();
    const values = await this.#store.get(keys);
    this.#observe('fetch', startMs);
    this.#fetched.inc({ name: NAME }, keys.length);
    for (const value of values) {
      if (value === null) continue;
      this.#hits.inc({ name: NAME });
      this.#sizes.observe({ name: NAME, method: 'fetch' }, value.byteLength);
    }
    return values;
  }

  async put(values: readonly CacheValue[]): Promise<void> {
    const startMs = this.#clock.monotonicMs();
    await this.#store.put(values);
    this.#observe('store', startMs);
    for (const { value } of values) this.#sizes.observe({ name: NAME, method: 'store' }, value.byteLength);
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  #observe(method: string, startMs: number): void {
    const seconds = (this.#clock.monotonicMs() - startMs) / 1000;
    this.#seconds.observe({ name: NAME, method: `${NAME}.${method}` }, seconds);
  }
}

/** What a cache in memory holds, under Loki's names. */
export function observeMemoryCache(cache: MemoryCache, registry: Registry): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      labelNames: ['cache'],
      registers,
      collect() {
        this.set({ cache: NAME }, read());
      },
    });
  };
  gauge('loki_embeddedcache_entries', 'The total number of entries in cache.', () => cache.itemCount);
  gauge('loki_embeddedcache_memory_bytes', 'The memory used by the cache, in bytes.', () => cache.bytes);
  new Counter({
    name: 'loki_embeddedcache_added_new_total',
    help: 'The total number of new entries added to the cache.',
    labelNames: ['cache'],
    registers,
    collect() {
      this.reset();
      this.inc({ cache: NAME }, cache.statistics.added);
    },
  });
  new Counter({
    name: 'loki_embeddedcache_evicted_total',
    help: 'The total number of evicted entries.',
    labelNames: ['cache', 'reason'],
    registers,
    collect() {
      this.reset();
      for (const [reason, count] of Object.entries(cache.statistics.evicted)) this.inc({ cache: NAME, reason }, count);
    },
  });
}
