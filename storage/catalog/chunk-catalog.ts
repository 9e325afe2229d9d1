import { SkaldError } from '../../src/common/errors.ts';
import type { TimeRange } from '../../src/common/time.ts';
import type { ChunkIndex } from '../index/chunk-index.ts';
import type { CommittedIndex } from '../index/index-content.ts';
import { readFront } from '../index/read-front.ts';
import { streamHash } from '../index/stream-hash.ts';
import { checkTenant, indexPrefix, isDay, tenantPrefix } from '../objectstore/keys.ts';
import type { ObjectStore } from '../objectstore/object-store.ts';
import type { SkipIndex } from '../skip/skip-index.ts';
import type { ChunkMinutes } from './add-minutes.ts';
import { IndexCache } from './index-cache.ts';
import type { StreamInterner } from './stream-interner.ts';
import { type LiveChunk, TenantChunks } from './tenant-chunks.ts';

export interface ChunkCatalogOptions {
  /** Memory for indexes and skip tables that were read; counted as if fully decoded. */
  readonly cacheBytesMax?: number;
  /**
   * Whether a WAL is written by this process. `refresh` leaves its chunks to `add`: they must appear in the very turn
   * in which their entries leave the head.
   */
  readonly ownsWal?: (walId: string) => boolean;
}

const CACHE_BYTES_MAX = 128 * 1024 * 1024;
/** Index objects that are read at the same time. */
const READS_MAX = 16;

/** Visible chunks of a tenant at one moment. */
export interface ChunkSnapshot {
  /** All of the tenant. */
  readonly total: number;
  /** Those with entries in the range. */
  readonly chunks: readonly LiveChunk[];
  readonly interner: StreamInterner;
}

/**
 * What is committed in an object store: index objects that no other index replaces. Chunks without an index do not
 * exist here. Keeps the front of every index in memory, and whole indexes in a bounded cache.
 */
export class ChunkCatalog {
  readonly #store: ObjectStore;
  readonly #cache: IndexCache;
  readonly #ownsWal: (walId: string) => boolean;
  readonly #tenants = new Map<string, TenantChunks>();

  private constructor(store: ObjectStore, options: ChunkCatalogOptions) {
    this.#store = store;
    this.#cache = new IndexCache(store, options.cacheBytesMax ?? CACHE_BYTES_MAX);
    this.#ownsWal = options.ownsWal ?? (() => false);
  }

  /** Reads the fronts of all indexes. A damaged index does not fail it, but queries over its day. */
  static async open(store: ObjectStore, options: ChunkCatalogOptions = {}): Promise<ChunkCatalog> {
    const catalog = new ChunkCatalog(store, options);
    await catalog.#load(() => true);
    return catalog;
  }

  /** Finds what other processes committed and deleted since. Errors: `unavailable`. */
  async refresh(): Promise<void> {
    await this.#load(({ coverage }) => !coverage.some(({ walId }) => this.#ownsWal(walId)));
  }

  /** Makes chunks visible, at once. */
  add(committed: readonly CommittedIndex[]): void {
    for (const index of committed) this.#tenant(index.summary.tenant).add(index);
  }

  tenants(): string[] {
    return [...this.#tenants]
      .filter(([, chunks]) => chunks.live().length > 0)
      .map(([tenant]) => tenant)
      .sort();
  }

  /** Whether the entries of a WAL record that fall on a UTC day are in a committed chunk. */
  isCommitted(tenant: string, walId: string, sequence: number, day: string): boolean {
    return this.#tenants.get(tenant)?.isCommitted(walId, sequence, day) ?? false;
  }

  /** Newest committed timestamp of a stream (`Labels.key`), or undefined. */
  lastTimestampOf(tenant: string, streamKey: string): bigint | undefined {
    return this.#tenants.get(tenant)?.lastTimestampOf(streamHash(streamKey));
  }

  /** Visible chunks with entries in the range, now. Throws when a damaged index hides some of the range. */
  snapshot(tenant: string, range: TimeRange): ChunkSnapshot {
    // A tenant that has nothing must not be remembered because somebody asked.
    const chunks = this.#tenants.get(tenant) ?? new TenantChunks();
    chunks.checkReadable(range);
    const live = chunks.live();
    const matching = live.filter(
      ({ summary }) => summary.minTimestamp < range.end && summary.maxTimestamp >= range.start,
    );
    return { total: live.length, chunks: matching, interner: chunks.interner() };
  }

  /** The index of a chunk, from the cache or the store. */
  async indexOf(chunk: LiveChunk): Promise<ChunkIndex> {
    return await this.#cache.index(chunk);
  }

  /** What the row groups of a chunk do not hold; null when that is not known, or when the chunk is gone. */
  async skipIndexOf(chunkKey: string): Promise<SkipIndex | null> {
    const chunk = this.#tenants.get(tenantOf(chunkKey))?.ofChunkKey(chunkKey);
    return chunk === undefined ? null : await this.#cache.skipIndex(chunk);
  }

  /** How many rows a chunk has in each minute; null when that is not known, or when the chunk is gone. */
  async minuteCountsOf(chunkKey: string): Promise<ChunkMinutes | null> {
    const chunk = this.#tenants.get(tenantOf(chunkKey))?.ofChunkKey(chunkKey);
    return chunk === undefined ? null : await this.#cache.minuteCounts(chunk);
  }

  /** Indexes of chunks, in their order, some at a time. */
  async *indexes(chunks: readonly LiveChunk[]): AsyncGenerator<ChunkIndex> {
    for (let start = 0; start < chunks.length; start += READS_MAX) {
      yield* await Promise.all(chunks.slice(start, start + READS_MAX).map((chunk) => this.indexOf(chunk)));
    }
  }

  /**
   * Reads indexes into the cache, with skip tables and minute counts, before anybody asks: of all tenants those with the
   * newest entries first, until half of the cache is full. Yields each; who has enough ends it. What cannot be read is left
   * to the query that needs it.
   */
  async *warm(): AsyncGenerator<ChunkIndex> {
    const live = [...this.#tenants.values()].flatMap((chunks) => chunks.live());
    const order = live.sort((a, b) => compare(b.summary.maxTimestamp, a.summary.maxTimestamp));
    for (const chunk of order) {
      if (!this.#cache.isHalfEmpty) return;
      const index = await this.#warmOne(chunk);
      if (index !== null) yield index;
    }
  }

  async #warmOne(chunk: LiveChunk): Promise<ChunkIndex | null> {
    try {
      const index = await this.#cache.index(chunk);
      index.decodeAll();
      await this.#cache.skipIndex(chunk);
      await this.#cache.minuteCounts(chunk);
      return index;
    } catch (error) {
      if (error instanceof SkaldError) return null;
      throw error;
    }
  }

  #tenant(tenant: string): TenantChunks {
    let chunks = this.#tenants.get(tenant);
    if (chunks === undefined) {
      checkTenant(tenant);
      chunks = new TenantChunks();
      this.#tenants.set(tenant, chunks);
    }
    return chunks;
  }

  async #load(mayAdd: (summary: CommittedIndex['summary']) => boolean): Promise<void> {
    // Only what was known before the listing can be missing from it.
    const missing = new Map([...this.#tenants].map(([tenant, chunks]) => [tenant, new Set(chunks.keys())]));
    for (const tenant of await this.#store.listFolders('')) {
      if (!isTenant(tenant)) continue;
      for (const day of await this.#store.listFolders(tenantPrefix(tenant))) {
        if (!isDay(day)) continue;
        const keys = (await this.#store.list(indexPrefix(tenant, day))).map(({ key }) => key);
        for (const key of keys) missing.get(tenant)?.delete(key);
        await this.#loadDay(tenant, day, keys, mayAdd);
      }
    }
    for (const [tenant, keys] of missing) for (const key of keys) this.#tenants.get(tenant)?.remove(key);
  }

  async #loadDay(
    tenant: string,
    day: string,
    keys: readonly string[],
    mayAdd: (summary: CommittedIndex['summary']) => boolean,
  ): Promise<void> {
    const chunks = this.#tenant(tenant);
    const unknown = keys.filter((key) => !chunks.has(key));
    for (let start = 0; start < unknown.length; start += READS_MAX) {
      const batch = unknown.slice(start, start + READS_MAX);
      await Promise.all(batch.map((key) => this.#loadFront(chunks, key, day, mayAdd)));
    }
  }

  async #loadFront(
    chunks: TenantChunks,
    key: string,
    day: string,
    mayAdd: (summary: CommittedIndex['summary']) => boolean,
  ): Promise<void> {
    try {
      const front = await readFront(this.#store, key);
      if (mayAdd(front.summary)) chunks.add(front);
    } catch (error) {
      if (!(error instanceof SkaldError)) throw error;
      if (error.code === 'corruption' || error.code === 'unsupported_version') chunks.addDamaged(key, day, error);
      // Deleted since it was listed: it was replaced.
      else if (error.code !== 'not_found') throw error;
    }
  }
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Keys start with their tenant. */
function tenantOf(key: string): string {
  return key.slice(0, key.indexOf('/'));
}

function isTenant(folder: string): boolean {
  try {
    checkTenant(folder);
    return true;
  } catch {
    return false;
  }
}
