import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { nodeRuntime } from '../../../src/common/node-runtime.ts';
import { LocalFlusher } from '../../../src/services/ingester/cut-flusher.ts';
import { Ingester } from '../../../src/services/ingester/ingester.ts';
import { ChunkCatalog } from '../../../storage/catalog/chunk-catalog.ts';
import { StorageCatalog } from '../../../storage/catalog/storage-catalog.ts';
import { batchOf, type Entry } from '../../../storage/head/testing/entries.ts';
import { openObjectStore, type ObjectStoreConfig } from '../../../storage/objectstore/object-store-config.ts';

/** Where the entries of a data set are: all in the head, all in chunks, or the older half of each stream in chunks. */
export const STATES = ['head', 'flushed', 'half'] as const;
export type State = (typeof STATES)[number];

/** Everything that scripts have loaded, in every state, in one real ingester and object store. */
export class DataSets {
  readonly objectStore: ObjectStoreConfig;
  readonly catalog: StorageCatalog;
  readonly #directory: string;
  readonly #ingester: Ingester;
  readonly #tenants = new Map<readonly Entry[], string>();

  private constructor(directory: string, objectStore: ObjectStoreConfig, ingester: Ingester, catalog: StorageCatalog) {
    this.#directory = directory;
    this.objectStore = objectStore;
    this.#ingester = ingester;
    this.catalog = catalog;
  }

  static async open(sets: readonly (readonly Entry[])[]): Promise<DataSets> {
    const directory = await mkdtemp(path.join(tmpdir(), 'skald-lqt-'));
    const objectStore: ObjectStoreConfig = { kind: 'filesystem', directory: path.join(directory, 'objects') };
    const store = openObjectStore(objectStore, nodeRuntime);
    const chunks = await ChunkCatalog.open(store);
    const ingester = await Ingester.open({
      runtime: nodeRuntime,
      catalog: chunks,
      flusher: new LocalFlusher({ store, runtime: nodeRuntime, codec: 'zstd' }),
      walDirectory: path.join(directory, 'wal'),
      report: (error) => {
        throw error;
      },
      settings: { walSync: 'interval', flushOnClose: false },
    });
    const catalog = new StorageCatalog(chunks, (tenant) => ingester.view(tenant), nodeRuntime.clock);
    const data = new DataSets(directory, objectStore, ingester, catalog);
    await data.#load(sets);
    return data;
  }

  /** The tenant whose entries are these, in this state. */
  tenantOf(entries: readonly Entry[], state: State): string {
    const tenant = this.#tenants.get(entries);
    if (tenant === undefined) throw new Error('these entries were not given to DataSets.open');
    return `${tenant}-${state}`;
  }

  async close(): Promise<void> {
    await this.#ingester.close();
    await rm(this.#directory, { recursive: true });
  }

  async #load(sets: readonly (readonly Entry[])[]): Promise<void> {
    for (const entries of sets) {
      if (!this.#tenants.has(entries)) this.#tenants.set(entries, `set${this.#tenants.size}`);
    }
    for (const entries of this.#tenants.keys()) {
      await this.#push(entries, 'flushed', entries);
      await this.#push(entries, 'half', halves(entries).older);
    }
    await this.#ingester.flush();
    for (const entries of this.#tenants.keys()) {
      await this.#push(entries, 'head', entries);
      await this.#push(entries, 'half', halves(entries).newer);
    }
  }

  async #push(set: readonly Entry[], state: State, entries: readonly Entry[]): Promise<void> {
    if (entries.length > 0) await this.#ingester.push(this.tenantOf(set, state), batchOf(entries));
  }
}

/** Of each stream the entries that arrived first and those that arrived last: order within streams is kept. */
function halves(entries: readonly Entry[]): { readonly older: Entry[]; readonly newer: Entry[] } {
  const count = new Map<string, number>();
  const keyOf = ({ labels }: Entry): string => JSON.stringify(labels);
  for (const entry of entries) count.set(keyOf(entry), (count.get(keyOf(entry)) ?? 0) + 1);
  const seen = new Map<string, number>();
  const older: Entry[] = [];
  const newer: Entry[] = [];
  for (const entry of entries) {
    const key = keyOf(entry);
    const index = seen.get(key) ?? 0;
    seen.set(key, index + 1);
    (2 * index < (count.get(key) ?? 0) ? older : newer).push(entry);
  }
  return { older, newer };
}
