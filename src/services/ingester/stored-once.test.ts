import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { must } from '../../common/assert.ts';
import { nodeRuntime } from '../../common/node-runtime.ts';
import { NS_PER_DAY } from '../../common/time.ts';
import { ChunkCatalog } from '../../../storage/catalog/chunk-catalog.ts';
import { StorageCatalog } from '../../../storage/catalog/storage-catalog.ts';
import { ALL_TIME, entryText, readEntries } from '../../../storage/chunk/testing/read-entries.ts';
import { batchOf } from '../../../storage/head/testing/entries.ts';
import type { Entry } from '../../../storage/head/testing/entries.ts';
import type { ObjectStore } from '../../../storage/objectstore/object-store.ts';
import { openObjectStore } from '../../../storage/objectstore/object-store-config.ts';
import { LocalFlusher } from './cut-flusher.ts';
import { Ingester } from './ingester.ts';
import { outage } from './testing/committed-store.ts';

/** One process over a directory: real WAL, heads, chunks, indexes, catalog and readers. */
class Process {
  /** Puts that succeed before the store goes down. */
  putsLeft = Infinity;
  readonly #store: ObjectStore;
  readonly ingester: Ingester;
  readonly #catalog: StorageCatalog;

  private constructor(store: ObjectStore, ingester: Ingester, catalog: StorageCatalog) {
    this.#store = store;
    this.ingester = ingester;
    this.#catalog = catalog;
  }

  static async start(root: string): Promise<Process> {
    const store = openObjectStore({ kind: 'filesystem', directory: path.join(root, 'objects') }, nodeRuntime);
    let process: Process | null = null;
    const failing: ObjectStore = Object.create(store, {
      put: {
        value: async (key: string, parts: readonly Uint8Array[]) => {
          if (process !== null && process.putsLeft-- <= 0) throw outage();
          await store.put(key, parts);
        },
      },
    }) as ObjectStore;
    const chunks = await ChunkCatalog.open(store);
    const ingester = await Ingester.open({
      runtime: nodeRuntime,
      catalog: chunks,
      flusher: new LocalFlusher({ store: failing, runtime: nodeRuntime, codec: 'lz4' }),
      walDirectory: path.join(root, 'wal'),
      report: () => undefined,
      settings: { flushOnClose: false, walSegmentBytes: 2_000, retryMinMs: 60_000 },
    });
    const catalog = new StorageCatalog(chunks, (tenant) => ingester.view(tenant), nodeRuntime.clock);
    process = new Process(store, ingester, catalog);
    return process;
  }

  async read(tenant: string): Promise<string[]> {
    const { streams, units, headBlocks } = await this.#catalog.find({ tenant, matchers: [], range: ALL_TIME });
    const source = { store: this.#store, headBlocks, clock: nodeRuntime.clock };
    const texts: string[] = [];
    for (const unit of units) texts.push(...(await readEntries(unit, streams, source)).map(entryText));
    return texts.sort();
  }
}

const T0 = 20_000n * NS_PER_DAY;
const entry: fc.Arbitrary<Entry> = fc.record(
  {
    labels: fc.constantFrom<Entry['labels']>({ app: 'a' }, { app: 'b', env: 'x' }),
    timestamp: fc
      .record({ day: fc.bigInt(0n, 1n), ns: fc.bigInt(0n, 6n) })
      .map(({ day, ns }) => T0 + day * NS_PER_DAY + ns),
    line: fc.constantFrom('x', 'y', 'ü'),
    level: fc.constantFrom('info', 'error'),
    metadata: fc.constantFrom<Record<string, string>>({ trace: '1' }, { trace: '2', user: 'u' }),
  },
  { requiredKeys: ['labels', 'timestamp', 'line'] },
);
type Step =
  | { readonly kind: 'push'; readonly entries: Entry[] }
  | { readonly kind: 'flush'; readonly puts: number }
  | { readonly kind: 'crash' };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('push'), entries: fc.array(entry, { minLength: 1, maxLength: 8 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('flush'), puts: fc.constantFrom(0, 1, 2, 3, Infinity, Infinity) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash') }) },
);

async function runSteps(root: string, steps: readonly Step[]): Promise<void> {
  let at = path.join(root, '0');
  let process = await Process.start(at);
  const acknowledged = new Set<string>();
  for (const [index, current] of steps.entries()) {
    if (current.kind === 'push') {
      await process.ingester.push('t1', batchOf(current.entries));
      for (const one of current.entries) acknowledged.add(entryText(one));
    } else if (current.kind === 'flush') {
      process.putsLeft = current.puts;
      await process.ingester.flush().catch((error: unknown) => expect(error).toMatchObject({ code: 'unavailable' }));
    } else {
      const next = path.join(root, String(index + 1));
      await cp(at, next, { recursive: true });
      await process.ingester.close();
      process = await Process.start(must(next));
      at = next;
    }
    expect(await process.read('t1')).toEqual([...acknowledged].sort());
  }
  await process.ingester.close();
}

test('each distinct acknowledged entry is read once, whatever is flushed, late, repeated, failing or crashing', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'skald-once-'));
  let runs = 0;
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 16 }), async (steps) => {
        await runSteps(path.join(root, `run-${runs++}`), steps);
      }),
      { numRuns: 60 },
    );
  } finally {
    await rm(root, { recursive: true });
  }
}, 120_000);
