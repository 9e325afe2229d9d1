import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { must } from '../../src/common/assert.ts';
import { encodeUtf8 } from '../../src/common/utf8.ts';
import { Labels } from '../../src/common/labels.ts';
import { nodeRuntime } from '../../src/common/node-runtime.ts';
import type { PruneAnswer, Requirement } from '../../src/common/prune.ts';
import type { RowGroupUnit, ScanUnit } from '../../src/common/scan-unit.ts';
import { DAY_START } from '../chunk/testing/arbitrary-entries.ts';
import { buildCut, type PlainEntry } from '../chunk/testing/build-cut.ts';
import { readEntries } from '../chunk/testing/read-entries.ts';
import { writeCut } from '../chunk/write-cut.ts';
import { ChunkIndex } from '../index/chunk-index.ts';
import type { CommittedIndex } from '../index/index-content.ts';
import { MemoryObjectStore } from '../objectstore/memory-object-store.ts';
import { buildSkipIndex } from '../skip/testing/build-skip-index.ts';
import { ChunkCatalog } from './chunk-catalog.ts';
import { pruneUnits } from './prune-units.ts';
import { type FindAnswer, StorageCatalog } from './storage-catalog.ts';

const ROWS = 3000;
const GROUP_ROWS = 500;
const range = { start: DAY_START, end: DAY_START + 1_000_000n };

/** The same 32 hexadecimal digits for the same number, like those of no other. */
function idOf(number: number): string {
  const part = (seed: number) => (Math.imul(number + 1, seed) >>> 0).toString(16).padStart(8, '0');
  return part(0x9e3779b1) + part(0x85ebca6b) + part(0xc2b2ae35) + part(0x27d4eb2f);
}

/** Bytes that do not compress and are no tokens: filters get 12 % of what pages take, and should be whole here. */
function padding(number: number): string {
  return idOf(number + 3 * ROWS).replaceAll(/../g, '$&-');
}

const ENTRIES = Array.from({ length: ROWS }, (_, i): PlainEntry => ({
  labels: { app: i % 2 === 0 ? 'api' : 'web' },
  timestamp: DAY_START + BigInt(i),
  line: `level=${i % 700 === 0 ? 'ERROR' : 'info'} id=${idOf(i)} ${padding(i)} path="/users/${i}/größe" took=${i * 37}ms`,
  level: i % 700 === 0 ? 'error' : 'info',
  metadata: i % 3 === 0 ? { trace_id: idOf(i + ROWS) } : {},
}));

/** Counts range reads of indexes. */
class CountingStore extends MemoryObjectStore {
  readonly reads: string[] = [];

  override async getRange(key: string, offset: number, length: number): Promise<Uint8Array> {
    this.reads.push(key);
    return await super.getRange(key, offset, length);
  }
}

const store = new CountingStore();
let committed: CommittedIndex;
let catalog: StorageCatalog;
let answer: FindAnswer;
let lines: ReadonlyMap<ScanUnit, readonly PlainEntry[]>;

async function open(): Promise<void> {
  catalog = new StorageCatalog(await ChunkCatalog.open(store), () => null, nodeRuntime.clock);
  answer = await catalog.find({ tenant: 'test', matchers: [], range });
}

beforeAll(async () => {
  const rowGroupLimits = { rowsMax: GROUP_ROWS, lineBytesMax: 1 << 20, lineBytesTarget: 1 << 19 };
  committed = must((await writeCut(store, buildCut(ENTRIES), { runtime: nodeRuntime, rowGroupLimits }))[0]);
  await open();
  const source = { store, headBlocks: answer.headBlocks, clock: nodeRuntime.clock };
  const read = answer.units.map(
    async (unit) => [unit, await readEntries(unit, answer.streams, source, range)] as const,
  );
  lines = new Map(await Promise.all(read));
});

async function prune(...requirements: Requirement[]): Promise<PruneAnswer> {
  return await catalog.prune({ requirements, streams: answer.streams, units: answer.units });
}

const line = (...texts: string[]): Requirement => ({
  kind: 'Line',
  anyOf: texts.map((text) => [text]),
  ignoreCase: false,
});
const metadata = (name: string, ...values: string[]): Requirement => ({
  kind: 'Metadata',
  anyOf: values.map((value) => ({ name, value })),
});

describe('pruning', () => {
  test('a needle that is nowhere, and one that is in one row group', async () => {
    expect((await prune(line(idOf(ROWS * 2 + 1)))).units.length).toBe(0);
    const { units, report } = await prune(line(idOf(17)));
    expect(units.map((unit) => lines.get(unit)?.some((entry) => entry.line.includes(idOf(17))))).toEqual([true]);
    expect(report).toMatchObject({ rowGroups: 6, checked: 6, filtered: 6, prunedBy: [5], unreadable: 0 });
  });

  test('every requirement counts, of alternatives the best', async () => {
    const { units, report } = await prune(
      line('level='),
      line(idOf(17), idOf(18)),
      metadata('trace_id', idOf(18 + ROWS)),
    );
    expect(units.length).toBe(1);
    expect(report.prunedBy).toEqual([0, 4, 1]);
    expect((await prune(line(idOf(17), 'o'))).units.length).toBe(6);
  });

  test('without case', async () => {
    const needle = (text: string): Requirement => ({ kind: 'Line', anyOf: [[text]], ignoreCase: true });
    // There are letters outside of ASCII in every row group.
    expect((await prune(needle('nowhere at all'))).units.length).toBe(6);
  });

  test('metadata, the level among it', async () => {
    let kept = 0;
    for (let i = 0; i < 60; i++) {
      const { units } = await prune(metadata('trace_id', idOf(i + ROWS)));
      const holding = answer.units.filter((unit) =>
        lines.get(unit)?.some((entry) => entry.metadata?.trace_id === idOf(i + ROWS)),
      );
      expect(units).toEqual(expect.arrayContaining(holding));
      kept += units.length + (await prune(metadata('span_id', idOf(i + ROWS)))).units.length;
    }
    // 20 of them are in one row group each; with as little room as here, one of 15 others seems to be.
    expect(kept).toBeLessThan(20 + 0.1 * 60 * 6 * 2);
    const withErrors = answer.units.filter((unit) => lines.get(unit)?.some(({ level }) => level === 'error'));
    expect((await prune(metadata('detected_level', 'error'))).units).toEqual(withErrors);
    expect(withErrors.length).toBeGreaterThan(0);
    // A label of that name, of one stream at least, decides about its entries.
    expect((await prune(metadata('app', 'nothing'))).units.length).toBe(6);
  });

  test('whatever is in a line is found', async () => {
    const where = fc.record({ entry: fc.nat(ROWS - 1), start: fc.nat(100), length: fc.integer({ min: 1, max: 60 }) });
    await fc.assert(
      fc.asyncProperty(where, async ({ entry, start, length }) => {
        const text = ENTRIES[entry].line.slice(start, start + length);
        if (text === '') return;
        const { units } = await prune(line(text));
        const holding = answer.units.filter((unit) => lines.get(unit)?.some((found) => found.line.includes(text)));
        expect(units).toEqual(expect.arrayContaining(holding));
        expect(holding.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('reading', () => {
  test('the index without, the skip table alone, each once', async () => {
    await open();
    store.reads.length = 0;
    await open();
    const front = store.reads.length;
    await prune(line('xyz'));
    await prune(line('abc'));
    expect(front).toBe(2);
    expect(store.reads.length).toBe(3);
    expect(committed.coreBytes).toBeLessThan(committed.sizeBytes);
  });

  test('a skip table stays within its share of the chunk', () => {
    expect(committed.sizeBytes - committed.coreBytes).toBeLessThan(0.12 * committed.summary.chunkBytes);
  });

  test('a damaged skip table costs its use, nothing else', async () => {
    const intact = await store.get(committed.key);
    const { offset } = must(new ChunkIndex(committed.key, intact).apartRange('skipTable'));
    for (const at of [offset, committed.sizeBytes - 1]) {
      const damaged = new Uint8Array(intact);
      damaged[at] ^= 1;
      await store.put(committed.key, [damaged]);
      await open();
      const { units, report } = await prune(line(idOf(17)));
      expect(units).toEqual(answer.units);
      expect(report).toMatchObject({ checked: 6, filtered: 0, unreadable: 1, prunedBy: [0] });
    }
    await store.put(committed.key, [intact.subarray(0, committed.sizeBytes - 8)]);
    await open();
    expect((await prune(line(idOf(17)))).report.unreadable).toBe(1);
    await store.put(committed.key, [intact]);
    await open();
  });

  test('an index that is gone prunes nothing', async () => {
    const units = answer.units.map(
      (unit) => ({ ...unit, chunkKey: 'test/2026-01-15/chunk/gone.arrow' }) as RowGroupUnit,
    );
    const pruned = await catalog.prune({ requirements: [line('nowhere')], streams: answer.streams, units });
    expect(pruned.units).toEqual(units);
  });
});

describe('many chunks', () => {
  const chunksOf = (count: number, each: number): RowGroupUnit[] => {
    const [unit] = answer.units as RowGroupUnit[];
    return Array.from({ length: count * each }, (_, i) => ({
      ...unit,
      chunkKey: `test/2026-01-15/chunk/${Math.floor(i / each)}.arrow`,
      rowGroup: i % each,
    }));
  };

  test('a search for something frequent stops looking', async () => {
    const skip = buildSkipIndex(Array.from({ length: 10 }, () => [encodeUtf8('an error occurred')]));
    const units = chunksOf(200, 10);
    const asked: string[] = [];
    const skipIndexOf = (key: string) => Promise.resolve(asked.push(key) > 0 ? skip : null);
    const frequent = await pruneUnits({ requirements: [line(' error ')], streams: [], units }, skipIndexOf);
    expect(frequent.units).toBe(units);
    expect(asked.length).toBeLessThan(64);
    expect(frequent.report.checked).toBe(asked.length * 10);
    asked.length = 0;
    const rare = await pruneUnits({ requirements: [line(' nowhere ')], streams: [], units }, skipIndexOf);
    expect(rare.units).toEqual([]);
    expect(asked.length).toBe(200);
  });

  test('nothing is looked up for what cannot decide', async () => {
    const skipIndexOf = () => Promise.reject(new Error('must not be asked'));
    const streams = [Labels.fromRecord({ app: 'api' })];
    const requirements = [line(' - '), metadata('app', 'x')];
    const { report } = await pruneUnits({ requirements, streams, units: chunksOf(1, 2) }, skipIndexOf);
    expect(report).toEqual({ rowGroups: 2, checked: 0, filtered: 0, prunedBy: [0, 0], unreadable: 0 });
  });
});
