import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SkaldError } from '../../src/common/errors.ts';
import { nodeRuntime } from '../../src/common/node-runtime.ts';
import type { RowGroupUnit } from '../../src/common/scan-unit.ts';
import { ChunkCatalog } from '../catalog/chunk-catalog.ts';
import { StorageCatalog } from '../catalog/storage-catalog.ts';
import { DAY_START } from '../chunk/testing/arbitrary-entries.ts';
import { buildCut, type PlainEntry } from '../chunk/testing/build-cut.ts';
import { ALL_TIME, entryText, readEntries } from '../chunk/testing/read-entries.ts';
import { writeCut } from '../chunk/write-cut.ts';
import type { FrameCodec } from '../chunk/frame-codec.ts';
import { MemoryObjectStore } from '../objectstore/memory-object-store.ts';
import type { ObjectStore } from '../objectstore/object-store.ts';
import { openUnitSource } from './open-source.ts';
import { openUnit } from './open-unit.ts';
import type { UnitSource } from './unit-source.ts';

const ENTRIES = Array.from({ length: 12 }, (_, i): PlainEntry => ({
  labels: { app: i % 2 === 0 ? 'a' : 'b' },
  timestamp: DAY_START + BigInt(i * 1_000_003),
  line: `line ${i} of a small chunk`,
  level: i % 3 === 0 ? 'error' : 'info',
  metadata: { trace: `t${i}`, ...(i % 2 === 0 ? { kind: 'even' } : {}), ...(i === 3 ? { empty: '' } : {}) },
}));

/** Entries whose names do not all fit into columns, so that the map column is used. */
const MANY_NAMES = ENTRIES.map((entry, i) => ({
  ...entry,
  metadata: Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`name${n}`, `${i * n}`])),
}));

async function findUnits(
  store: ObjectStore,
): Promise<{ units: RowGroupUnit[]; streams: Awaited<ReturnType<StorageCatalog['find']>>['streams'] }> {
  const catalog = new StorageCatalog(await ChunkCatalog.open(store), () => null, nodeRuntime.clock);
  const { units, streams } = await catalog.find({ tenant: 'test', matchers: [], range: ALL_TIME });
  return { units: units as RowGroupUnit[], streams };
}

const sourceOf = (store: ObjectStore): UnitSource => ({ store, headBlocks: new Map(), clock: nodeRuntime.clock });

describe('damaged chunks', () => {
  test.each<[FrameCodec, string, readonly PlainEntry[], number]>([
    ['zstd', 'columns', ENTRIES, 1],
    ['lz4', 'columns', ENTRIES, 3],
    ['zstd', 'a map', MANY_NAMES, 23],
  ])('%s, %s: a byte flipped is corruption or changes nothing', async (codec, _, entries, stride) => {
    const store = new MemoryObjectStore();
    const [{ summary }] = await writeCut(store, buildCut(entries), { runtime: nodeRuntime, codec });
    const bytes = await store.get(summary.chunkKey);
    const { units, streams } = await findUnits(store);
    const expected = (await readEntries(units[0], streams, sourceOf(store))).map(entryText);
    expect(expected).toHaveLength(12);
    let refused = 0;
    for (let at = 0; at < bytes.length; at += stride) {
      const damaged = new Uint8Array(bytes);
      damaged[at] ^= 1 << (at % 8);
      await store.put(summary.chunkKey, [damaged]);
      try {
        expect((await readEntries(units[0], streams, sourceOf(store))).map(entryText)).toEqual(expected);
      } catch (error) {
        if (!(error instanceof SkaldError)) throw error;
        expect(error).toMatchObject({ code: 'corruption' });
        expect(error.message).toMatch(new RegExp(`^Cannot read chunk "${summary.chunkKey}": .* at offset \\d+$`));
        refused++;
      }
    }
    const pageBytes = units[0].columns.flatMap(({ pages }) => pages).reduce((sum, { length }) => sum + length, 0);
    // The stream column is for others, and some bits of a frame's header say nothing about its content.
    expect(refused).toBeGreaterThan((pageBytes / stride) * 0.8);
  });

  test('truncated anywhere it is corruption, or no page is missing', async () => {
    const store = new MemoryObjectStore();
    const [{ summary }] = await writeCut(store, buildCut(ENTRIES), { runtime: nodeRuntime });
    const bytes = await store.get(summary.chunkKey);
    const { units, streams } = await findUnits(store);
    const pagesEnd = Math.max(
      ...units[0].columns.flatMap(({ pages }) => pages.map(({ offset, length }) => offset + length)),
    );
    for (let length = 0; length < bytes.length; length++) {
      await store.put(summary.chunkKey, [bytes.slice(0, length)]);
      const reading = readEntries(units[0], streams, sourceOf(store));
      if (length < pagesEnd) await expect(reading).rejects.toMatchObject({ code: 'corruption' });
      else expect(await reading).toHaveLength(12);
    }
  });

  test('a chunk that is gone is not_found', async () => {
    const store = new MemoryObjectStore();
    const [{ summary }] = await writeCut(store, buildCut(ENTRIES), { runtime: nodeRuntime });
    const { units, streams } = await findUnits(store);
    await store.delete(summary.chunkKey);
    await expect(readEntries(units[0], streams, sourceOf(store))).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('reading', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'skald-read-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  test('a worker opens the source from plain data and reads only pages that are asked for', async () => {
    const config = structuredClone({ objectStore: { kind: 'filesystem', directory } as const });
    const source = openUnitSource(config, nodeRuntime);
    await writeCut(source.store, buildCut(ENTRIES), { runtime: nodeRuntime });
    const { units } = await findUnits(source.store);
    const reader = openUnit(structuredClone(units[0]), source);
    expect(await reader.rows(ALL_TIME)).toHaveLength(12);
    expect([...reader.statistics.columns]).toEqual([]);
    await reader.metadata('trace');
    await reader.metadata('trace');
    expect([...reader.statistics.columns.keys()]).toEqual(['metadata.trace']);
    await reader.lines();
    const { columns } = reader.statistics;
    expect(columns.get('line')).toMatchObject({
      pages: 2,
      rawBytes: 13 * 4 + 12 * 'line 1 of a small chunk'.length + 2,
    });
    const line = units[0].columns.find(({ name }) => name === 'line');
    expect(columns.get('line')?.storedBytes).toBe(line?.pages.reduce((sum, { length }) => sum + length, 0));
    expect(reader.statistics.readMs).toBeGreaterThan(0);
  });

  test('the same without a synchronous store, and one read per column', async () => {
    const memory = new MemoryObjectStore();
    await writeCut(memory, buildCut(ENTRIES), { runtime: nodeRuntime });
    const { units, streams } = await findUnits(memory);
    let reads = 0;
    const remote = Object.assign(Object.create(memory) as ObjectStore, {
      getRangeSync: null,
      getRange: async (key: string, offset: number, length: number) => {
        reads++;
        return await memory.getRange(key, offset, length);
      },
    });
    const expected = (await readEntries(units[0], streams, sourceOf(memory))).map(entryText);
    expect((await readEntries(units[0], streams, sourceOf(remote))).map(entryText)).toEqual(expected);
    // level, kind, empty, trace, line, timestamp
    expect(reads).toBe(6);
  });

  test.each<FrameCodec>(['zstd', 'lz4'])('%s: large pages are given back, the rest stays readable', async (codec) => {
    const store = new MemoryObjectStore();
    const entries = ENTRIES.map((entry) => ({ ...entry, line: entry.line.repeat(1000) }));
    await writeCut(store, buildCut(entries), { runtime: nodeRuntime, codec });
    const { units, streams } = await findUnits(store);
    const reader = openUnit(units[0], sourceOf(store));
    const { values } = await reader.lines();
    expect(values.length).toBeGreaterThan(200_000);
    reader.release();
    reader.release();
    // The memory of LZ4's output cannot be given back.
    expect(values.length > 0).toBe(codec === 'lz4');
    expect(reader.statistics.columns.get('line')?.pages).toBe(2);
    expect((await readEntries(units[0], streams, sourceOf(store))).map(({ line }) => line.length)).toEqual(
      entries.map(() => expect.any(Number) as number),
    );
  });

  test('names that occur, and values of names with and without a column', async () => {
    const store = new MemoryObjectStore();
    await writeCut(store, buildCut(MANY_NAMES), { runtime: nodeRuntime });
    const { units } = await findUnits(store);
    expect(units[0].columns.filter(({ type }) => type === 'map')).toHaveLength(1);
    const reader = openUnit(units[0], sourceOf(store));
    const names = await reader.metadataNames();
    expect(names).toHaveLength(41);
    expect(names).toEqual([...names].sort());
    for (const name of names) expect(await reader.metadata(name), name).not.toBeNull();
    expect(await reader.metadata('no such name')).toBeNull();
  });

  test('a head block that was not handed over is not_found', () => {
    const unit = {
      kind: 'Head',
      rowCount: 1,
      lineBytes: 0,
      minTimestamp: 0n,
      maxTimestamp: 0n,
      excluded: [],
      blockId: 'x/1',
      firstRow: 0,
      totalRows: 1,
      streamMap: new Uint32Array(1),
    } as const;
    expect(() => openUnit(unit, sourceOf(new MemoryObjectStore()))).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    );
  });

  test('rows of a head block are cut by both halves of their timestamps', async () => {
    const times = [-(2n ** 32n) - 1n, -(2n ** 32n), -1n, 0n, 1n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 31n, 2n ** 40n + 7n];
    const cut = buildCut(times.map((timestamp) => ({ labels: { app: 'a' }, timestamp, line: 'x' })));
    const [{ block, rowCount }] = cut.blocks;
    const source = {
      ...sourceOf(new MemoryObjectStore()),
      headBlocks: new Map([[block.id, { block, levels: [], metadataNames: [] }]]),
    };
    const unit = {
      kind: 'Head',
      rowCount,
      lineBytes: 0,
      minTimestamp: times[0],
      maxTimestamp: 2n ** 40n + 7n,
      excluded: [],
      blockId: block.id,
      firstRow: 0,
      totalRows: rowCount,
      streamMap: Uint32Array.of(1),
    } as const;
    for (const start of times) {
      for (const end of times) {
        const rows = await openUnit(unit, source).rows({ start, end });
        expect([...rows]).toEqual(times.flatMap((time, row) => (time >= start && time < end ? [row] : [])));
      }
    }
  });
});
