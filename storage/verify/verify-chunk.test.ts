import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { must } from '../../src/common/assert.ts';
import { nodeRuntime } from '../../src/common/node-runtime.ts';
import { buildCut, type PlainEntry } from '../chunk/testing/build-cut.ts';
import { writeCut } from '../chunk/write-cut.ts';
import { ChunkIndex } from '../index/chunk-index.ts';
import { encodeIndex } from '../index/encode-index.ts';
import type { CommittedIndex, IndexContent } from '../index/index-content.ts';
import { contentOf } from '../index/testing/content-of.ts';
import { MemoryObjectStore } from '../objectstore/memory-object-store.ts';
import { verifyChunk } from './verify-chunk.ts';

const DAY_START = BigInt(Date.parse('2026-01-15T00:00:00Z')) * 1_000_000n;
const ROWS = 6000;

/** What compresses badly and has no tokens: filters may take a part of what pages take. */
function punctuation(seed: number): string {
  const signs = '!#$%&*+;<>?@^|~';
  let state = seed + 1;
  const next = (): number => (state = Math.imul(state, 48_271) >>> 1);
  return Array.from({ length: 150 }, () => signs[next() % signs.length]).join('');
}

/** Two streams with levels, metadata and JSON, dense enough for minute counts and skip filters. */
const ENTRIES: PlainEntry[] = Array.from({ length: ROWS }, (_, i) => ({
  labels: { app: i % 3 === 0 ? 'api' : 'web' },
  timestamp: DAY_START + BigInt(i) * 100_000_000n,
  line: `{"request":"request${i}","path":"/p/${(i * 7919) % 1000}","n":${i},"signs":"${punctuation(i)}"}`,
  level: i % 5 === 0 ? 'error' : 'info',
  metadata: { trace: `t${(i * 104_729) % 100_003}` },
}));

let written: Map<string, Uint8Array>;
let committed: CommittedIndex;
let store: MemoryObjectStore;

beforeAll(async () => {
  const original = new MemoryObjectStore();
  [committed] = (await writeCut(original, buildCut(ENTRIES), {
    runtime: nodeRuntime,
    rowGroupLimits: { rowsMax: 2500, lineBytesMax: 1e7, lineBytesTarget: 1e7 },
  })) as [CommittedIndex];
  const keys = [committed.key, committed.summary.chunkKey];
  written = new Map(await Promise.all(keys.map(async (key) => [key, await original.get(key)] as const)));
});

beforeEach(async () => {
  store = new MemoryObjectStore();
  for (const [key, bytes] of written) await store.put(key, [bytes]);
});

async function verified(): Promise<string[]> {
  const found: string[] = [];
  const source = { store, headBlocks: new Map(), clock: nodeRuntime.clock };
  await verifyChunk(committed.key, source, (message) => found.push(message));
  return found;
}

test('what was written is sound', async () => {
  const index = new ChunkIndex(committed.key, must(written.get(committed.key)));
  expect([index.minuteCounts() !== null, index.skipTable() !== null, index.summary.rowGroups]).toEqual([true, true, 3]);
  expect(await verified()).toEqual([]);
});

test('every flipped bit is found', async () => {
  const keys = fc.constantFrom('index', 'chunk');
  await fc.assert(
    fc.asyncProperty(
      keys,
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.nat(7),
      async (kind, part, bit) => {
        const key = kind === 'index' ? committed.key : committed.summary.chunkKey;
        const bytes = must(written.get(key)).slice();
        const at = Math.floor(part * bytes.length);
        bytes[at] ^= 1 << bit;
        await store.put(key, [bytes]);
        const found = await verified();
        await store.put(key, [must(written.get(key))]);
        expect(found).not.toEqual([]);
        for (const message of found) expect(message).toMatch(/^(Cannot (read|decode)|Chunk|Index) /);
      },
    ),
    { numRuns: 60 },
  );
});

test('a chunk that is gone or cut short', async () => {
  const { chunkKey } = committed.summary;
  await store.delete(chunkKey);
  expect((await verified()).join()).toContain(chunkKey);
  const bytes = must(written.get(chunkKey));
  await store.put(chunkKey, [bytes.subarray(0, bytes.length - 10)]);
  expect(await verified()).toEqual([
    `Chunk "${chunkKey}" has ${bytes.length - 10} bytes, its index "${committed.key}" says ${bytes.length}`,
  ]);
});

describe('an index with sound checksums that contradicts its chunk', () => {
  const changes: [string, (content: IndexContent) => IndexContent, RegExp][] = [
    [
      'minute counts',
      (content) => {
        const minuteCounts = structuredClone(must(content.minuteCounts));
        minuteCounts.lineBytes[0] += 1;
        return { ...content, minuteCounts };
      },
      /of row range 0, minute\/level \d+\/\d+ has \d+ rows of \d+ bytes, the counts say \d+ rows of \d+ bytes/,
    ],
    [
      'a skip filter',
      (content) => {
        const skipTable = structuredClone(must(content.skipTable));
        skipTable.words.fill(0);
        return { ...content, skipTable };
      },
      /^Skip filter of chunk ".*", row group 0: it denies /,
    ],
    [
      'stream tails',
      (content) => {
        const tails = structuredClone(content.tails);
        tails.hash[1] += 1n;
        return { ...content, tails };
      },
      /stream {app="web"} has another hash than its labels/,
    ],
    [
      'bytes of lines',
      (content) => {
        const rowRanges = structuredClone(content.rowRanges);
        rowRanges.lineBytes[0] += 1;
        return { ...content, rowRanges };
      },
      /row group 0, rows 0 to \d+: lines have \d+ bytes, the index says \d+/,
    ],
    [
      'first timestamps',
      (content) => {
        const rowRanges = structuredClone(content.rowRanges);
        rowRanges.minTimestamp[0] -= 1n;
        return { ...content, rowRanges };
      },
      /rows 0 to \d+: they reach from \d+ to \d+, the index says \d+ to \d+/,
    ],
    [
      'totals',
      (content) => ({ ...content, summary: { ...content.summary, maxTimestamp: content.summary.maxTimestamp + 1n } }),
      /last timestamp of the row groups is \d+, the summary says \d+/,
    ],
  ];

  test.each(changes)('%s', async (_, change, expected) => {
    const content = contentOf(new ChunkIndex(committed.key, must(written.get(committed.key))));
    await store.put(committed.key, [encodeIndex(change(content))]);
    const found = await verified();
    expect(found[0]).toMatch(expected);
  });
});
