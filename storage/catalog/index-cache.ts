import { ChunkIndex } from '../index/chunk-index.ts';
import type { ObjectStore } from '../objectstore/object-store.ts';

/** Read index objects, least recently used first; together at most `bytesMax`, counted as if fully decoded. */
export class IndexCache {
  readonly #store: ObjectStore;
  readonly #bytesMax: number;
  readonly #kept = new Map<string, ChunkIndex>();
  readonly #loading = new Map<string, Promise<ChunkIndex>>();
  #bytes = 0;

  constructor(store: ObjectStore, bytesMax: number) {
    this.#store = store;
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Reads the index unless it is here. Who asks while it is being read shares the reading. */
  async get(key: string): Promise<ChunkIndex> {
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept;
    }
    let loading = this.#loading.get(key);
    if (loading === undefined) {
      loading = this.#load(key).finally(() => this.#loading.delete(key));
      this.#loading.set(key, loading);
    }
    return await loading;
  }

  async #load(key: string): Promise<ChunkIndex> {
    const index = new ChunkIndex(key, await this.#store.get(key));
    this.#kept.set(key, index);
    this.#bytes += index.sizeBytes;
    for (const [oldest, { sizeBytes }] of this.#kept) {
      if (this.#bytes <= this.#bytesMax) break;
      this.#kept.delete(oldest);
      this.#bytes -= sizeBytes;
    }
    return index;
  }
}
