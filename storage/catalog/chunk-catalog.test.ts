import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Labels } from '../../src/common/labels.ts';
import { nodeRuntime } from '../../src/common/node-runtime.ts';
import { DAY_START } from '../chunk/testing/arbitrary-entries.ts';
import { buildCut, type CutShape, type PlainEntry } from '../chunk/testing/build-cut.ts';
import { ALL_TIME } from '../chunk/testing/read-entries.ts';
import { writeCut } from '../chunk/write-cut.ts';
import { ChunkIndex } from '../index/chunk-index.ts';
import { encodeIndex } from '../index/encode-index.ts';
import { contentOf } from '../index/testing/content-of.ts';
import type { CommittedIndex, IndexSummary } from '../index/index-content.ts';
import { indexKey } from '../objectstore/keys.ts';
import { MemoryObjectStore } from '../objectstore/memory-object-store.ts';
import type { ObjectStore } from '../objectstore/object-store.ts';
import { ChunkCatalog } from './chunk-catalog.ts';
import { LastTimestamps } from './last-timestamps.ts';
import { WalPositions } from './wal-positions.ts';

const DAY_NS = 86_400_000_000_000n;
const entry = (offset: bigint, app = 'a'): PlainEntry => ({
  labels: { app },
  timestamp: DAY_START + offset,
  line: 'x',
});
const key = (app: string): string => Labels.fromRecord({ app }).key;

async function write(
  store: ObjectStore,
  entries: readonly PlainEntry[],
  shape: CutShape = {},
): Promise<readonly CommittedIndex[]> {
  return await writeCut(store, buildCut(entries, shape), { runtime: nodeRuntime });
}

/** Rewrites an index object with another summary, as compaction would. */
async function rewrite(store: ObjectStore, from: string, id: string, change: Partial<IndexSummary>): Promise<string> {
  const index = new ChunkIndex(from, await store.get(from));
  const bytes = encodeIndex({ ...contentOf(index), summary: { ...index.summary, ...change } });
  const to = indexKey(index.summary.tenant, index.summary.day, id);
  await store.put(to, [bytes]);
  return to;
}

const visible = (catalog: ChunkCatalog, tenant = 'test'): string[] =>
  catalog.snapshot(tenant, ALL_TIME).chunks.map(({ indexKey: found }) => found);

describe('the chunk catalog', () => {
  test('knows what is committed, by adding and by opening', async () => {
    const store = new MemoryObjectStore();
    const added = await ChunkCatalog.open(store);
    added.add(await write(store, [entry(5n), entry(7n, 'b')], { firstSequence: 1, lastSequence: 4 }));
    added.add(await write(store, [entry(3n), entry(DAY_NS + 1n)], { firstSequence: 5, lastSequence: 6 }));
    added.add(await write(store, [entry(1n)], { tenant: 'other', walId: 'w2' }));
    for (const catalog of [added, await ChunkCatalog.open(store)]) {
      expect(catalog.tenants()).toEqual(['other', 'test']);
      expect(visible(catalog)).toHaveLength(3);
      expect(catalog.lastTimestampOf('test', key('a'))).toBe(DAY_START + DAY_NS + 1n);
      expect(catalog.lastTimestampOf('test', key('b'))).toBe(DAY_START + 7n);
      expect(catalog.lastTimestampOf('test', key('c'))).toBeUndefined();
      expect(catalog.lastTimestampOf('nobody', key('a'))).toBeUndefined();
      const committed = (sequence: number, day: string) => catalog.isCommitted('test', 'wal-1', sequence, day);
      expect([0, 1, 4, 6, 7].map((sequence) => committed(sequence, '2026-01-15'))).toEqual([
        false,
        true,
        true,
        true,
        false,
      ]);
      expect([4, 5, 6].map((sequence) => committed(sequence, '2026-01-16'))).toEqual([false, true, true]);
      expect(catalog.isCommitted('test', 'w2', 1, '2026-01-15')).toBe(false);
      expect(catalog.isCommitted('other', 'w2', 1, '2026-01-15')).toBe(true);
    }
  });

  test('orphan chunks and foreign objects are not there', async () => {
    const store = new MemoryObjectStore();
    const [committed] = await write(store, [entry(5n)]);
    await store.delete(committed.key);
    await store.put('test/rules/group', [Buffer.from('x')]);
    await store.put('loose', [Buffer.from('x')]);
    const catalog = await ChunkCatalog.open(store);
    expect(catalog.tenants()).toEqual([]);
    expect(visible(catalog)).toEqual([]);
  });

  test('replaced indexes are ignored, before and after they are deleted', async () => {
    const store = new MemoryObjectStore();
    const [first] = await write(store, [entry(5n)], { firstSequence: 1, lastSequence: 2 });
    const [second] = await write(store, [entry(6n)], { firstSequence: 3, lastSequence: 4 });
    const replaces = [first.key, second.key];
    const coverage = [...first.summary.coverage, ...second.summary.coverage];
    const merged = await rewrite(store, first.key, '01ARZ3NDEKTSV4RRFFQ69G5FAV', { replaces, coverage });
    expect(visible(await ChunkCatalog.open(store))).toEqual([merged]);
    await store.delete(first.key);
    const catalog = await ChunkCatalog.open(store);
    expect(visible(catalog)).toEqual([merged]);
    expect(catalog.isCommitted('test', 'wal-1', 3, '2026-01-15')).toBe(true);
  });

  test('a cut that was committed twice counts once', async () => {
    const store = new MemoryObjectStore();
    const [first] = await write(store, [entry(5n)]);
    const again = await rewrite(store, first.key, '7ZZZZZZZZZZZZZZZZZZZZZZZZZ', {});
    expect(first.key < again).toBe(true);
    expect(visible(await ChunkCatalog.open(store))).toEqual([first.key]);
  });

  test('refresh finds what others did, and leaves chunks of own WALs to add', async () => {
    const store = new MemoryObjectStore();
    const [gone] = await write(store, [entry(1n)], { walId: 'other', lastSequence: 1 });
    const catalog = await ChunkCatalog.open(store, { ownsWal: (walId) => walId === 'mine' });
    const mine = await write(store, [entry(2n)], { walId: 'mine' });
    const [other] = await write(store, [entry(3n)], { walId: 'other', firstSequence: 2 });
    await store.delete(gone.key);
    await catalog.refresh();
    expect(visible(catalog)).toEqual([other.key]);
    catalog.add(mine);
    catalog.add(mine);
    expect(visible(catalog)).toEqual([mine[0].key, other.key].sort());
    await catalog.refresh();
    expect(visible(catalog)).toEqual([mine[0].key, other.key].sort());
  });

  test('a chunk that is added while refresh lists stays', async () => {
    const store = new MemoryObjectStore();
    const catalog = await ChunkCatalog.open(store);
    const committed = await write(store, [entry(2n)]);
    const bytes = await store.get(committed[0].key);
    await store.delete(committed[0].key);
    const refreshing = catalog.refresh();
    catalog.add(committed);
    await refreshing;
    await store.put(committed[0].key, [bytes]);
    expect(visible(catalog)).toEqual([committed[0].key]);
  });

  test('a damaged index fails queries over its day, and no others', async () => {
    const store = new MemoryObjectStore();
    const [good, bad] = await write(store, [entry(1n), entry(DAY_NS)]);
    const bytes = new Uint8Array(await store.get(bad.key));
    bytes[40] ^= 1;
    await store.put(bad.key, [bytes]);
    const catalog = await ChunkCatalog.open(store);
    expect(() => catalog.snapshot('test', ALL_TIME)).toThrow(expect.objectContaining({ code: 'corruption' }));
    const snapshot = catalog.snapshot('test', { start: DAY_START, end: DAY_START + DAY_NS });
    expect(snapshot.chunks.map(({ indexKey: found }) => found)).toEqual([good.key]);
    await store.delete(bad.key);
    await catalog.refresh();
    expect(visible(catalog)).toEqual([good.key]);
  });

  test('indexes are read again when the cache had no room', async () => {
    let reads = 0;
    class CountingStore extends MemoryObjectStore {
      override async getRange(name: string, offset: number, length: number): Promise<Uint8Array> {
        reads++;
        return await super.getRange(name, offset, length);
      }
    }
    const store = new CountingStore();
    const indexes = await write(
      store,
      [0n, 1n, 2n].map((day) => entry(day * DAY_NS)),
    );
    const size = new ChunkIndex(indexes[0].key, await store.get(indexes[0].key)).sizeBytes;
    const catalog = await ChunkCatalog.open(store, { cacheBytesMax: 2.5 * size });
    reads = 0;
    const { chunks } = catalog.snapshot('test', ALL_TIME);
    await Promise.all([catalog.indexOf(chunks[0]), catalog.indexOf(chunks[0])]);
    expect(reads).toBe(1);
    await catalog.indexOf(chunks[1]);
    await catalog.indexOf(chunks[0]);
    await catalog.indexOf(chunks[2]);
    expect(reads).toBe(3);
    await catalog.indexOf(chunks[0]);
    expect(reads).toBe(3);
    await catalog.indexOf(chunks[1]);
    expect(reads).toBe(4);
  });
});

test('last timestamps are those of a map', () => {
  const update = fc.tuple(
    fc.oneof(fc.bigInt(0n, 40n), fc.bigInt(0n, 2n ** 64n - 1n)),
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  );
  fc.assert(
    fc.property(fc.array(update, { maxLength: 300 }), (updates) => {
      const last = new LastTimestamps();
      const plain = new Map<bigint, bigint>();
      for (const [hash, timestamp] of updates) {
        last.update(hash, timestamp);
        const known = plain.get(hash);
        plain.set(hash, known === undefined || timestamp > known ? timestamp : known);
      }
      for (const [hash, timestamp] of plain) expect(last.get(hash)).toBe(timestamp);
      for (let hash = 0n; hash < 50n; hash++) expect(last.get(hash)).toBe(plain.get(hash));
    }),
  );
});

test('WAL positions are those of a set', () => {
  const coverage = fc.record({
    day: fc.constantFrom('2026-01-01', '2026-01-02'),
    walId: fc.constantFrom('a', 'b'),
    first: fc.nat(30),
    count: fc.nat(8),
  });
  fc.assert(
    fc.property(fc.array(coverage, { maxLength: 20 }), (list) => {
      const positions = new WalPositions();
      const plain = new Set<string>();
      for (const { day, walId, first, count } of list) {
        positions.add(day, { walId, firstSequence: first, lastSequence: first + count });
        for (let i = first; i <= first + count; i++) plain.add(`${day}${walId}${i}`);
      }
      for (const day of ['2026-01-01', '2026-01-02']) {
        for (const walId of ['a', 'b']) {
          for (let i = 0; i < 45; i++) expect(positions.has(day, walId, i)).toBe(plain.has(`${day}${walId}${i}`));
        }
      }
    }),
  );
});
