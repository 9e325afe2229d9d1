import { zstdDecompressSync } from 'node:zlib';
import { compressionRegistry, CompressionType, tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { decompressFrameSync } from 'lz4-napi';
import { beforeAll, describe, expect, test } from 'vitest';
import { Labels } from '../../src/common/labels.ts';
import { nodeRuntime } from '../../src/common/node-runtime.ts';
import { wholeUnits } from '../catalog/whole-units.ts';
import { ChunkIndex } from '../index/chunk-index.ts';
import type { CommittedIndex } from '../index/index-content.ts';
import { MemoryObjectStore } from '../objectstore/memory-object-store.ts';
import type { ObjectStore } from '../objectstore/object-store.ts';
import { arbitraryEntries, DAY_START } from './testing/arbitrary-entries.ts';
import { buildCut, type PlainEntry } from './testing/build-cut.ts';
import { entryText, readEntries } from './testing/read-entries.ts';
import { writeCut, type WriteCutOptions } from './write-cut.ts';

const options: WriteCutOptions = { runtime: nodeRuntime };
const smallGroups = { rowsMax: 7, lineBytesMax: 200, lineBytesTarget: 100 };

beforeAll(() => {
  compressionRegistry.set(CompressionType.ZSTD, { decode: (data) => zstdDecompressSync(data) });
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: (data) => decompressFrameSync(Buffer.from(data)) });
});

async function readChunk(store: ObjectStore, committed: CommittedIndex): Promise<PlainEntry[]> {
  const index = new ChunkIndex(committed.key, await store.get(committed.key));
  const streams = Array.from({ length: index.summary.streams }, (_, i) => index.labelsOf(i));
  const entries: PlainEntry[] = [];
  const source = { store, headBlocks: new Map(), clock: nodeRuntime.clock };
  for (const unit of wholeUnits(index)) entries.push(...(await readEntries(unit, streams, source)));
  return entries;
}

/** The plain counterpart: what a chunk's order should be. */
function sorted(entries: readonly PlainEntry[]): PlainEntry[] {
  return entries
    .map((entry) => ({
      ...entry,
      metadata: Object.keys(entry.metadata ?? {}).length === 0 ? undefined : entry.metadata,
    }))
    .map(({ metadata, ...rest }) => (metadata === undefined ? rest : { ...rest, metadata }))
    .sort(
      (a, b) =>
        Labels.compare(Labels.fromRecord(a.labels), Labels.fromRecord(b.labels)) || Number(a.timestamp - b.timestamp),
    );
}

const utcDayOf = (timestamp: bigint): string => {
  const day = timestamp >= 0n ? timestamp / 86_400_000_000_000n : (timestamp + 1n) / 86_400_000_000_000n - 1n;
  return new Date(Number(day) * 86_400_000).toISOString().slice(0, 10);
};

/** The chunk as a foreign reader sees it, only with Arrow's own API and the file's metadata. */
async function readWithArrow(store: ObjectStore, committed: CommittedIndex): Promise<PlainEntry[]> {
  const table = tableFromIPC(await store.get(committed.summary.chunkKey));
  const streams = JSON.parse(table.schema.metadata.get('skald.streams') ?? 'null') as Record<string, string>[];
  const entries: PlainEntry[] = [];
  for (const batch of table.batches) {
    const timestamps = batch.getChild('timestamp')!.data[0].values as BigInt64Array;
    for (let row = 0; row < batch.numRows; row++) {
      const value = (name: string): unknown => batch.getChild(name)?.get(row) ?? undefined;
      const metadata: Record<string, string> = {};
      for (const { name } of batch.schema.fields) {
        if (name.startsWith('metadata.') && value(name) !== undefined) metadata[name.slice(9)] = value(name) as string;
      }
      for (const [key, text] of (value('metadata') ?? []) as Iterable<[string, string]>) metadata[key] = text;
      const level = value('level') as string | undefined;
      entries.push({
        labels: streams[value('stream') as number],
        timestamp: timestamps[row],
        line: value('line') as string,
        ...(level === undefined ? {} : { level }),
        ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
      });
    }
  }
  return entries;
}

describe('writing a cut', () => {
  test('every entry comes back once, by day, sorted by stream, time and arrival', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryEntries,
        fc.integer({ min: 1, max: 50 }),
        fc.boolean(),
        async (entries, blockRows, isSmall) => {
          const store = new MemoryObjectStore();
          const cut = buildCut(entries, { blockRows });
          const committed = await writeCut(store, cut, isSmall ? { ...options, rowGroupLimits: smallGroups } : options);
          expect(committed.map(({ summary }) => summary.day)).toEqual(
            [...new Set(entries.map((e) => utcDayOf(e.timestamp)))].sort(),
          );
          for (const index of committed) {
            const expected = sorted(entries.filter(({ timestamp }) => utcDayOf(timestamp) === index.summary.day));
            expect((await readChunk(store, index)).map(entryText)).toEqual(expected.map(entryText));
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test.each(['zstd', 'lz4'] as const)('a stock Arrow reader finds the same entries (%s)', async (codec) => {
    await fc.assert(
      fc.asyncProperty(arbitraryEntries, async (entries) => {
        const store = new MemoryObjectStore();
        for (const index of await writeCut(store, buildCut(entries), {
          ...options,
          codec,
          rowGroupLimits: smallGroups,
        })) {
          const arrow = await readWithArrow(store, index);
          // Arrow's JavaScript reader drops a byte order mark at the start of a text; the bytes have it.
          const expected = (await readChunk(store, index)).map((entry) => entryText(entry).replaceAll('"\ufeff', '"'));
          expect(arrow.map(entryText)).toEqual(expected);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('frequent metadata has columns, dictionaries where values repeat; rare names share the map', async () => {
    const entries = Array.from({ length: 2000 }, (_, i): PlainEntry => ({
      labels: { app: 'a' },
      timestamp: DAY_START + BigInt(i),
      line: `line ${i}`,
      level: i % 3 === 0 ? 'error' : 'info',
      metadata: {
        method: i % 2 === 0 ? 'GET' : 'POST',
        trace_id: `trace-${i}`,
        ...(i === 7 ? { rare: 'once' } : {}),
      },
    }));
    const store = new MemoryObjectStore();
    const [committed] = await writeCut(store, buildCut(entries), options);
    const index = new ChunkIndex(committed.key, await store.get(committed.key));
    expect(index.columns().map(({ name, type, dictionary }) => [name, type, dictionary])).toEqual([
      ['stream', 'uint32', null],
      ['timestamp', 'timestamp', null],
      ['line', 'utf8', null],
      ['level', 'dictionary', ['error', 'info']],
      ['metadata.method', 'dictionary', ['GET', 'POST']],
      ['metadata.trace_id', 'utf8', null],
      ['metadata', 'map', null],
    ]);
    expect((await readChunk(store, committed)).map(entryText)).toEqual(entries.map(entryText));
    expect((await readWithArrow(store, committed)).map(entryText)).toEqual(entries.map(entryText));
  });

  test('row groups keep to their limits and end with streams', async () => {
    const line = 'x'.repeat(1000);
    const entries = Array.from({ length: 9000 }, (_, i): PlainEntry => ({
      labels: { app: `app-${String(i % 9)}` },
      timestamp: DAY_START + BigInt(i),
      line,
    }));
    const store = new MemoryObjectStore();
    const [committed] = await writeCut(store, buildCut(entries), options);
    const index = new ChunkIndex(committed.key, await store.get(committed.key));
    expect([...index.rowGroups().rowCount]).toEqual([2000, 2000, 2000, 2000, 1000]);
    const big = [{ labels: { app: 'a' }, timestamp: DAY_START, line: 'x'.repeat(3 << 20) }];
    const [single] = await writeCut(store, buildCut([entries[0], ...big, entries[1]]), options);
    expect((await readChunk(store, single)).map(({ line: text }) => text.length).sort()).toEqual([1000, 1000, 3 << 20]);
  });

  test('at most 65,536 rows per row group', async () => {
    const entries = Array.from({ length: 65_537 }, (_, i): PlainEntry => ({
      labels: { a: 'b' },
      timestamp: DAY_START + BigInt(i),
      line: '',
    }));
    const store = new MemoryObjectStore();
    const [committed] = await writeCut(store, buildCut(entries, { blockRows: 30_000 }), options);
    const index = new ChunkIndex(committed.key, await store.get(committed.key));
    expect([...index.rowGroups().rowCount]).toEqual([65_536, 1]);
    expect(await readChunk(store, committed)).toHaveLength(65_537);
  });

  test('5,000 streams share a row group', async () => {
    const entries = Array.from({ length: 15_000 }, (_, i): PlainEntry => ({
      labels: { app: 'many', pod: `pod-${(i * 7919) % 5000}` },
      timestamp: DAY_START + BigInt(i * 1000),
      line: `request ${i}`,
    }));
    const store = new MemoryObjectStore();
    const [committed] = await writeCut(store, buildCut(entries), options);
    expect(committed.summary).toMatchObject({ streams: 5000, rowGroups: 1, rows: 15_000 });
    expect((await readChunk(store, committed)).map(entryText)).toEqual(sorted(entries).map(entryText));
  });

  test('the index says what was committed', async () => {
    const entries: PlainEntry[] = [
      { labels: { app: 'b' }, timestamp: DAY_START + 5n, line: 'bb' },
      { labels: { app: 'a' }, timestamp: DAY_START + 9n, line: 'a' },
      { labels: { app: 'a' }, timestamp: DAY_START + 1n, line: '' },
    ];
    const lateRanges = [
      { stream: 0, minTimestamp: DAY_START - 10n, maxTimestamp: DAY_START + 5n },
      { stream: 1, minTimestamp: DAY_START - 10n, maxTimestamp: DAY_START - 1n },
    ];
    const store = new MemoryObjectStore();
    const cut = buildCut(entries, { tenant: 't1', walId: 'w', firstSequence: 3, lastSequence: 8, lateRanges });
    const [committed] = await writeCut(store, cut, options);
    const chunk = await store.get(committed.summary.chunkKey);
    expect(committed.summary).toMatchObject({
      tenant: 't1',
      day: '2026-01-15',
      chunkBytes: chunk.length,
      minTimestamp: DAY_START + 1n,
      maxTimestamp: DAY_START + 9n,
      rows: 3,
      lineBytes: 3,
      streams: 2,
      coverage: [{ walId: 'w', firstSequence: 3, lastSequence: 8 }],
      replaces: [],
    });
    expect(committed.key).toMatch(/^t1\/2026-01-15\/index\//);
    expect([...committed.tails.lastTimestamp]).toEqual([DAY_START + 9n, DAY_START + 5n]);
    const index = new ChunkIndex(committed.key, await store.get(committed.key));
    expect(index.summary).toEqual(committed.summary);
    const late = index.lateRanges();
    expect([[...late.stream], [...late.minTimestamp], [...late.maxTimestamp]]).toEqual([
      [1],
      [DAY_START],
      [DAY_START + 5n],
    ]);
  });

  test('a failed attempt is continued where it stopped', async () => {
    const entries: PlainEntry[] = [0n, 1n, 2n].map((day) => ({
      labels: { app: 'a' },
      timestamp: DAY_START + day * 86_400_000_000_000n,
      line: `${day}`,
    }));
    const store = new MemoryObjectStore();
    const cut = buildCut(entries);
    const committed: CommittedIndex[] = [];
    const failing = Object.assign(Object.create(store) as ObjectStore, {
      put: async (key: string, parts: readonly Uint8Array[]) => {
        if (key.includes('2026-01-16/index')) throw new Error('disk gone');
        await store.put(key, parts);
      },
    });
    await expect(writeCut(failing, cut, { ...options, onCommitted: (index) => committed.push(index) })).rejects.toThrow(
      'disk gone',
    );
    expect(committed).toHaveLength(1);
    const all = await writeCut(store, cut, { ...options, committed });
    expect(all.map(({ summary }) => summary.day)).toEqual(['2026-01-15', '2026-01-16', '2026-01-17']);
    expect((await store.list('')).filter(({ key }) => key.includes('/index/'))).toHaveLength(3);
  });
});
