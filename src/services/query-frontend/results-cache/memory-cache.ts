import type { Clock } from '../../../common/runtime.ts';
import type { CacheStore, CacheValue } from './cache-store.ts';

export interface MemoryCacheOptions {
  /** Keys and values together. */
  readonly bytesMax: number;
  /** 0 is any number. */
  readonly itemsMax: number;
  readonly ttlMs: number;
  readonly clock: Clock;
}

/** Why a value is not there any more. */
export type Eviction = 'full' | 'expired' | 'replaced';

interface Item {
  readonly value: Uint8Array;
  readonly expiresMs: number;
}

/** What Node keeps beside key and value, about. */
const ITEM_OVERHEAD_BYTES = 128;
/** A value that takes more of the cache than this would push out too much else. */
const VALUE_PART_MAX = 1 / 8;

/** The values that were used last, in so many bytes. */
export class MemoryCache implements CacheStore {
  readonly outlivesProcess = false;
  readonly statistics = { added: 0, evicted: { full: 0, expired: 0, replaced: 0 } satisfies Record<Eviction, number> };
  readonly #options: MemoryCacheOptions;
  /** The least recently used first. */
  readonly #items = new Map<string, Item>();
  #bytes = 0;

  constructor(options: MemoryCacheOptions) {
    this.#options = options;
  }

  get itemCount(): number {
    return this.#items.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async get(keys: readonly string[]): Promise<(Uint8Array | null)[]> {
    const nowMs = this.#options.clock.monotonicMs();
    return keys.map((key) => {
      const item = this.#items.get(key);
      if (item === undefined) return null;
      if (item.expiresMs <= nowMs) {
        this.#remove(key, 'expired');
        return null;
      }
      this.#items.delete(key);
      this.#items.set(key, item);
      return item.value;
    });
  }

  async put(values: readonly CacheValue[]): Promise<void> {
    const { bytesMax, itemsMax, ttlMs, clock } = this.#options;
    for (const { key, value } of values) {
      this.#remove(key, 'replaced');
      if (sizeOf(key, value) > bytesMax * VALUE_PART_MAX) continue;
      this.#items.set(key, { value, expiresMs: clock.monotonicMs() + ttlMs });
      this.#bytes += sizeOf(key, value);
      this.statistics.added += 1;
    }
    for (const key of this.#items.keys()) {
      if (this.#bytes <= bytesMax && (itemsMax === 0 || this.#items.size <= itemsMax)) return;
      this.#remove(key, 'full');
    }
  }

  async close(): Promise<void> {
    this.#items.clear();
    this.#bytes = 0;
  }

  #remove(key: string, why: Eviction): void {
    const item = this.#items.get(key);
    if (item === undefined) return;
    this.#items.delete(key);
    this.#bytes -= sizeOf(key, item.value);
    this.statistics.evicted[why] += 1;
  }
}

function sizeOf(key: string, value: Uint8Array): number {
  return 2 * key.length + value.byteLength + ITEM_OVERHEAD_BYTES;
}
