import { ChunkIndex } from '../index/chunk-index.ts';
import type { ObjectStore } from '../objectstore/object-store.ts';
import type { MinuteTable } from '../index/minute-table.ts';
import { SkipIndex } from '../skip/skip-index.ts';
import type { ChunkMinutes } from './add-minutes.ts';
import type { LiveChunk } from './tenant-chunks.ts';

/** Minute counts of a chunk. */
export interface CachedMinutes {
  readonly table: MinuteTable;
  readonly sizeBytes: number;
}

type Cached = ChunkIndex | SkipIndex | CachedMinutes;

/** Of decoded minute counts. */
const BYTES_PER_CELL = 13;

/**
 * What was read of index objects, least recently used first; together at most `bytesMax`, counted as if fully decoded.
 * An index is read without its skip table and minute counts, one range each.
 */
export class IndexCache {
  readonly #store: ObjectStore;
  readonly #bytesMax: number;
  readonly #kept = new Map<string, Cached>();
  readonly #loading = new Map<string, Promise<Cached>>();
  #bytes = 0;

  constructor(store: ObjectStore, bytesMax: number) {
    this.#store = store;
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether there is room for as much again. */
  get isHalfEmpty(): boolean {
    return this.#bytes * 2 <= this.#bytesMax;
  }

  /** Reads the index unless it is here. */
  async index({ indexKey, indexCoreBytes }: LiveChunk): Promise<ChunkIndex> {
    return await this.#get(indexKey, async () => {
      return new ChunkIndex(indexKey, await this.#store.getRange(indexKey, 0, indexCoreBytes), 'core');
    });
  }

  /** Reads the skip table unless it is here; null when the index has none. */
  async skipIndex(chunk: LiveChunk): Promise<SkipIndex | null> {
    const index = await this.index(chunk);
    const range = index.apartRange('skipTable');
    if (range === null) return null;
    return await this.#get(`${chunk.indexKey}#skip`, async () => {
      return new SkipIndex(
        index.decodeSkipTable(await this.#store.getRange(chunk.indexKey, range.offset, range.length)),
      );
    });
  }

  /** Reads the minute counts unless they are here; null when the index has none. */
  async minuteCounts(chunk: LiveChunk): Promise<ChunkMinutes | null> {
    const index = await this.index(chunk);
    const range = index.apartRange('minuteCounts');
    if (range === null) return null;
    const { table } = await this.#get(`${chunk.indexKey}#minutes`, async (): Promise<CachedMinutes> => {
      const stored = await this.#store.getRange(chunk.indexKey, range.offset, range.length);
      const read = index.decodeMinuteCounts(stored);
      return { table: read, sizeBytes: read.firstCell.byteLength + read.minute.length * BYTES_PER_CELL };
    });
    return { index, minutes: table };
  }

  /** Who asks while something is being read shares the reading. */
  async #get<T extends Cached>(key: string, load: () => Promise<T>): Promise<T> {
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept as T;
    }
    let loading = this.#loading.get(key);
    if (loading === undefined) {
      loading = this.#load(key, load).finally(() => this.#loading.delete(key));
      this.#loading.set(key, loading);
    }
    return (await loading) as T;
  }

  async #load(key: string, load: () => Promise<Cached>): Promise<Cached> {
    const loaded = await load();
    this.#kept.set(key, loaded);
    this.#bytes += loaded.sizeBytes;
    for (const [oldest, { sizeBytes }] of this.#kept) {
      if (this.#bytes <= this.#bytesMax) break;
      this.#kept.delete(oldest);
      this.#bytes -= sizeBytes;
    }
    return loaded;
  }
}
