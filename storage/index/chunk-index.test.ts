import { crc32c } from '@node-rs/crc32';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileMatcher, matchesAll } from '../../src/common/compiled-matcher.ts';
import { SkaldError } from '../../src/common/errors.ts';
import { Labels } from '../../src/common/labels.ts';
import type { Matcher } from '../../src/common/matcher.ts';
import { nodeRuntime } from '../../src/common/node-runtime.ts';
import { arbitraryEntries, DAY_START } from '../chunk/testing/arbitrary-entries.ts';
import { buildCut, type PlainEntry } from '../chunk/testing/build-cut.ts';
import { writeCut } from '../chunk/write-cut.ts';
import { MemoryObjectStore } from '../objectstore/memory-object-store.ts';
import { ChunkIndex } from './chunk-index.ts';
import { encodeIndex } from './encode-index.ts';
import type { IndexContent } from './index-content.ts';
import { readFront } from './read-front.ts';
import { rememberingTest, selectStreams } from './select-streams.ts';
import { contentOf } from './testing/content-of.ts';

const SMALL: readonly PlainEntry[] = [
  // Enough of a minute to be counted.
  ...Array.from({ length: 8 }, (_, i): PlainEntry => ({
    labels: { app: 'c' },
    timestamp: DAY_START + BigInt(i),
    line: 'c',
  })),
  { labels: { app: 'a', env: 'prod' }, timestamp: DAY_START, line: 'one', level: 'info', metadata: { k: 'v' } },
  { labels: { app: 'b' }, timestamp: DAY_START + 5n, line: 'two', metadata: { k: 'v' } },
];

async function smallIndex(): Promise<{ key: string; bytes: Uint8Array; content: IndexContent }> {
  const store = new MemoryObjectStore();
  const lateRanges = [{ stream: 1, minTimestamp: DAY_START, maxTimestamp: DAY_START + 5n }];
  const [{ key }] = await writeCut(store, buildCut(SMALL, { lateRanges }), { runtime: nodeRuntime });
  const bytes = await store.get(key);
  return { key, bytes, content: contentOf(new ChunkIndex(key, bytes)) };
}

/** Reads all of it and the postings; a SkaldError is the answer, other errors are bugs. */
function tryRead(key: string, bytes: Uint8Array): IndexContent | SkaldError {
  try {
    const index = new ChunkIndex(key, bytes);
    const content = contentOf(index);
    for (const labels of content.streams) {
      const tests = labels.pairs.map(([name, value]) => rememberingTest(compileMatcher({ name, op: '=', value })));
      expect(selectStreams(index, tests)).toContain(content.streams.indexOf(labels));
    }
    return content;
  } catch (error) {
    if (error instanceof SkaldError) return error;
    throw error;
  }
}

/** Changes a field of the prefix and makes its checksum right again. */
function withField(bytes: Uint8Array, offset: number, value: number, size: 2 | 4 = 4): Uint8Array {
  const changed = new Uint8Array(bytes);
  const view = new DataView(changed.buffer);
  if (size === 2) view.setUint16(offset, value, true);
  else view.setUint32(offset, value, true);
  const tableEnd = 24 + 24 * view.getUint32(12, true);
  view.setUint32(tableEnd, crc32c(changed.subarray(0, tableEnd)), true);
  return changed;
}

describe('damage', () => {
  test('truncated anywhere: corruption with the key and an offset', async () => {
    const { key, bytes } = await smallIndex();
    for (let length = 0; length < bytes.length; length++) {
      const answer = tryRead(key, bytes.slice(0, length));
      expect(answer).toBeInstanceOf(SkaldError);
      expect(answer).toMatchObject({ code: 'corruption' });
      expect((answer as SkaldError).message).toMatch(new RegExp(`^Cannot read index "${key}": .* at offset \\d+$`));
    }
    expect(tryRead(key, Buffer.concat([bytes, new Uint8Array(8)]))).toMatchObject({ code: 'corruption' });
  });

  test('any bit of any byte flipped: corruption', async () => {
    const { key, bytes } = await smallIndex();
    for (let at = 0; at < bytes.length; at++) {
      for (const bit of [1, 0x80]) {
        const damaged = new Uint8Array(bytes);
        damaged[at] ^= bit;
        expect(tryRead(key, damaged), `byte ${at}`).toMatchObject({ code: 'corruption' });
      }
    }
  });

  test('the front alone notices damage in what it reads', async () => {
    const { key, bytes } = await smallIndex();
    const store = new MemoryObjectStore();
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const tailsEnd = view.getUint32(24 + 24 + 4, true) + view.getUint32(24 + 24 + 8, true);
    for (let at = 0; at < tailsEnd; at++) {
      const damaged = new Uint8Array(bytes);
      damaged[at] ^= 4;
      await store.put(key, [damaged]);
      await expect(readFront(store, key), `byte ${at}`).rejects.toMatchObject({ code: 'corruption' });
    }
    for (let length = 0; length < tailsEnd; length++) {
      await store.put(key, [bytes.slice(0, length)]);
      await expect(readFront(store, key)).rejects.toMatchObject({ code: 'corruption' });
    }
  });

  test('a damaged section leaves the others usable', async () => {
    const { key, bytes } = await smallIndex();
    const damaged = new Uint8Array(bytes);
    const lateRanges = 24 + 10 * 24;
    damaged[new DataView(damaged.buffer).getUint32(lateRanges + 4, true)] ^= 1;
    const index = new ChunkIndex(key, damaged);
    expect(index.labelsOf(0).key).toBe('{app="a", env="prod"}');
    expect(() => index.lateRanges()).toThrow(expect.objectContaining({ code: 'corruption' }));
  });
});

describe('versions', () => {
  test('a newer version is refused, an older one that never was is damage', async () => {
    const { key, bytes } = await smallIndex();
    expect(tryRead(key, withField(bytes, 8, 2))).toMatchObject({ code: 'unsupported_version' });
    expect(tryRead(key, withField(bytes, 8, 0))).toMatchObject({ code: 'corruption' });
  });

  test('an unknown section is refused when it is required, else ignored', async () => {
    const { key, bytes } = await smallIndex();
    const lastEntry = 24 + 10 * 24;
    const unknown = withField(bytes, lastEntry, 200, 2);
    expect(tryRead(key, unknown)).toMatchObject({ code: 'unsupported_version' });
    const optional = withField(unknown, lastEntry + 2, 0, 2);
    // Late ranges, which it was before, are now missing.
    expect(tryRead(key, optional)).toMatchObject({
      code: 'corruption',
      message: expect.stringContaining('"lateRanges"') as string,
    });
  });

  test('without the section of sound JSON no row group is known to be', async () => {
    const { key, bytes, content } = await smallIndex();
    expect([...content.rowGroups.soundJson]).toEqual([1]);
    const entry = 24 + 11 * 24;
    const without = tryRead(key, withField(bytes, entry, 200, 2));
    expect(without).toEqual({ ...content, rowGroups: { ...content.rowGroups, soundJson: new Uint8Array(1) } });
  });

  test('without the section of metadata bytes they are 0', async () => {
    const { key, bytes, content } = await smallIndex();
    expect([...content.rowRanges.metadataBytes]).toEqual([2, 2, 0]);
    const entry = 24 + 6 * 24;
    const without = tryRead(key, withField(bytes, entry, 200, 2));
    const metadataBytes = new Uint32Array(3);
    expect(without).toEqual({ ...content, rowRanges: { ...content.rowRanges, metadataBytes } });
  });
});

describe('content', () => {
  test('what was encoded is what is decoded', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryEntries, async (entries) => {
        const store = new MemoryObjectStore();
        const rowGroupLimits = { rowsMax: 7, lineBytesMax: 200, lineBytesTarget: 100 };
        for (const { key, ...committed } of await writeCut(store, buildCut(entries), {
          runtime: nodeRuntime,
          rowGroupLimits,
        })) {
          const bytes = await store.get(key);
          const content = contentOf(new ChunkIndex(key, bytes));
          expect(Buffer.from(encodeIndex(content)).equals(bytes)).toBe(true);
          expect(await readFront(store, key)).toEqual({ key, ...committed });
          expect(content.summary).toEqual(committed.summary);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('the front of an index with many streams takes a second read', async () => {
    const store = new MemoryObjectStore();
    const entries = Array.from({ length: 6000 }, (_, i): PlainEntry => ({
      labels: { i: `${i}` },
      timestamp: DAY_START + BigInt(i),
      line: '',
    }));
    const [committed] = await writeCut(store, buildCut(entries), { runtime: nodeRuntime });
    expect(await readFront(store, committed.key)).toEqual(committed);
  });

  test('postings select what testing every stream selects', async () => {
    const value = fc.constantFrom('', 'a', 'b', 'ab', 'ä', '🎉', '\uffff');
    const labels = fc.dictionary(
      fc.constantFrom('app', 'env', 'ä'),
      value.filter((text) => text !== ''),
      { noNullPrototype: true },
    );
    const matcher = fc.record({
      name: fc.constantFrom('app', 'env', 'ä', 'none'),
      op: fc.constantFrom('=', '!=', '=~', '!~'),
      value: fc.oneof(value, fc.constantFrom('a|b', 'a.*', '.+', '.*', '[^a]')),
    }) as fc.Arbitrary<Matcher>;
    await fc.assert(
      fc.asyncProperty(
        fc.array(labels, { minLength: 1, maxLength: 20 }),
        fc.array(matcher, { maxLength: 4 }),
        async (sets, matchers) => {
          const store = new MemoryObjectStore();
          const entries = sets.map((set): PlainEntry => ({ labels: set, timestamp: DAY_START, line: 'x' }));
          const [{ key }] = await writeCut(store, buildCut(entries), { runtime: nodeRuntime });
          const index = new ChunkIndex(key, await store.get(key));
          const compiled = matchers.map(compileMatcher);
          const streams = Array.from({ length: index.summary.streams }, (_, i) => index.labelsOf(i));
          expect(streams).toEqual([...streams].sort((a, b) => Labels.compare(a, b)));
          const expected = streams.flatMap((stream, i) => (matchesAll(compiled, stream) ? [i] : []));
          expect([...selectStreams(index, compiled.map(rememberingTest))]).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });
});
