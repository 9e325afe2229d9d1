import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileMatcher, matchesAll } from '../../src/common/compiled-matcher.ts';
import { Labels } from '../../src/common/labels.ts';
import type { Matcher } from '../../src/common/matcher.ts';
import { nodeRuntime } from '../../src/common/node-runtime.ts';
import type { StreamTimeRange } from '../../src/common/scan-unit.ts';
import type { TimeRange } from '../../src/common/time.ts';
import { arbitraryEntries, DAY_START } from '../chunk/testing/arbitrary-entries.ts';
import { buildCut, type PlainEntry } from '../chunk/testing/build-cut.ts';
import { ALL_TIME, entryText, readEntries } from '../chunk/testing/read-entries.ts';
import { writeCut } from '../chunk/write-cut.ts';
import type { HeadView } from '../head/head-view.ts';
import { MemoryObjectStore } from '../objectstore/memory-object-store.ts';
import { openUnit } from '../read/open-unit.ts';
import { ChunkCatalog } from './chunk-catalog.ts';
import { StorageCatalog } from './storage-catalog.ts';

const smallGroups = { rowsMax: 5, lineBytesMax: 200, lineBytesTarget: 100 };

/** A head that holds these entries. */
function headOf(entries: readonly PlainEntry[], lateRanges: readonly StreamTimeRange[] = []): HeadView {
  const cut = buildCut(entries, { blockRows: 7 });
  const streams = cut.streams.map((pairs) => Labels.fromSorted(pairs));
  return {
    streams,
    select(matchers) {
      const compiled = matchers.map(compileMatcher);
      return Uint32Array.from(streams.flatMap((labels, ordinal) => (matchesAll(compiled, labels) ? [ordinal] : [])));
    },
    blocks: cut.blocks.map(({ block, rowCount }) => {
      const times = [...block.timestamp.subarray(0, rowCount)].sort((a, b) => (a < b ? -1 : 1));
      return {
        block: { ...block, id: `head/${block.id}` },
        rowCount,
        minTimestamp: times[0],
        maxTimestamp: times[rowCount - 1],
        lineBytes: block.lineOffsets[rowCount],
      };
    }),
    levels: cut.levels,
    metadataNames: cut.metadataNames,
    lateRanges,
  };
}

/** The widest late range of every stream of these entries: everything in it may repeat other chunks. */
function allLate(entries: readonly PlainEntry[]): StreamTimeRange[] {
  const keys: string[] = [];
  const ranges: StreamTimeRange[] = [];
  for (const { labels, timestamp } of entries) {
    const { key } = Labels.fromRecord(labels);
    let stream = keys.indexOf(key);
    if (stream < 0) {
      stream = keys.push(key) - 1;
      ranges.push({ stream, minTimestamp: timestamp, maxTimestamp: timestamp });
    }
    const { minTimestamp: min, maxTimestamp: max } = ranges[stream];
    ranges[stream] = {
      stream,
      minTimestamp: timestamp < min ? timestamp : min,
      maxTimestamp: timestamp > max ? timestamp : max,
    };
  }
  return ranges;
}

class Fixture {
  readonly store = new MemoryObjectStore();
  head: HeadView | null = null;
  #sequence = 0;

  async write(entries: readonly PlainEntry[], lateRanges: readonly StreamTimeRange[] = []) {
    const sequence = ++this.#sequence;
    const cut = buildCut(entries, { firstSequence: sequence, lastSequence: sequence, lateRanges, blockRows: 6 });
    return await writeCut(this.store, cut, { runtime: nodeRuntime, rowGroupLimits: smallGroups });
  }

  async catalog(): Promise<StorageCatalog> {
    return new StorageCatalog(
      await ChunkCatalog.open(this.store),
      (tenant) => (tenant === 'test' ? this.head : null),
      nodeRuntime.clock,
    );
  }

  /** Everything that a query reads, as sorted text. */
  async query(matchers: readonly Matcher[], range: TimeRange = ALL_TIME): Promise<string[]> {
    const { streams, units, headBlocks } = await (await this.catalog()).find({ tenant: 'test', matchers, range });
    const entries: PlainEntry[] = [];
    const source = { store: this.store, headBlocks, clock: nodeRuntime.clock };
    for (const unit of units) {
      const found = await readEntries(unit, streams, source, range);
      for (const { timestamp } of found)
        expect(timestamp >= unit.minTimestamp && timestamp <= unit.maxTimestamp).toBe(true);
      entries.push(...found);
    }
    expect([...streams].sort((a, b) => Labels.compare(a, b))).toEqual(streams);
    return entries.map(entryText).sort();
  }
}

const app = (value: string): Matcher => ({ name: 'app', op: '=', value });
const at = (offset: number, labels: Record<string, string>, line: string): PlainEntry => ({
  labels,
  timestamp: DAY_START + BigInt(offset),
  line,
});

/** The plain counterpart of a query. */
function expected(entries: readonly PlainEntry[], matchers: readonly Matcher[], { start, end }: TimeRange): string[] {
  const compiled = matchers.map(compileMatcher);
  return entries
    .filter(({ timestamp }) => timestamp >= start && timestamp < end)
    .filter(({ labels }) => matchesAll(compiled, Labels.fromRecord(labels)))
    .map(entryText)
    .sort();
}

const distinct = (entries: readonly PlainEntry[]): PlainEntry[] => [
  ...new Map(entries.map((entry) => [entryText(entry), entry])).values(),
];

const arbitraryMatchers = fc.array(
  fc.record({
    name: fc.constantFrom('app', 'pod', 'none'),
    op: fc.constantFrom('=', '!=', '=~', '!~'),
    value: fc.constantFrom('a', 'b', '', '3', 'a|b', '.*', '.+', '[0-4]'),
  }),
  { maxLength: 3 },
);
const arbitraryRange = fc
  .tuple(fc.bigInt(-10n, 60n), fc.bigInt(-10n, 60n), fc.boolean())
  .map(([a, b, isAll]): TimeRange =>
    isAll ? ALL_TIME : { start: DAY_START + (a < b ? a : b), end: DAY_START + (a < b ? b : a) },
  );

describe('finding entries', () => {
  test('chunks and head together have what a scan of all entries finds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryEntries, { minLength: 1, maxLength: 3 }),
        arbitraryEntries,
        arbitraryMatchers,
        arbitraryRange,
        async (cuts, headEntries, matchers, range) => {
          const fixture = new Fixture();
          for (const entries of cuts) await fixture.write(entries);
          fixture.head = headOf(headEntries);
          const all = [...cuts.flat(), ...headEntries];
          expect(await fixture.query(matchers, range)).toEqual(expected(all, matchers, range));
        },
      ),
      { numRuns: 100 },
    );
  });

  test('late data is returned once, however it lies', async () => {
    const arbitraryLate = fc.array(
      fc.record({
        labels: fc.record({ app: fc.constantFrom('a', 'b', 'c') }),
        timestamp: fc.bigInt(DAY_START - 3n, DAY_START + 3n),
        line: fc.constantFrom('', 'x', 'y'),
        metadata: fc.option(fc.record({ k: fc.constantFrom('', '1') }), { nil: undefined }),
        level: fc.constantFrom(undefined, 'info', 'warn'),
      }),
      { maxLength: 25 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryLate, { minLength: 1, maxLength: 4 }),
        arbitraryMatchers,
        fc.boolean(),
        arbitraryRange,
        async (parts, matchers, hasHead, range) => {
          const fixture = new Fixture();
          // A head keeps each distinct entry once, and so does a cut of it.
          const clean = parts.map((part) => distinct(part.map(withoutUndefined)));
          const headEntries = hasHead ? (clean.pop() ?? []) : [];
          for (const entries of clean) if (entries.length > 0) await fixture.write(entries, allLate(entries));
          if (headEntries.length > 0) fixture.head = headOf(headEntries, allLate(headEntries));
          const all = distinct([...clean.flat(), ...headEntries]);
          expect(await fixture.query(matchers, range)).toEqual(expected(all, matchers, range));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('only what several sources have becomes an overlap; the rest keeps its units', async () => {
    const fixture = new Fixture();
    await fixture.write([0, 10, 20, 30].map((offset) => at(offset, { app: 'a' }, `line ${offset}`)));
    await fixture.write(
      [20, 25, 40].map((offset) => at(offset, { app: 'a' }, `line ${offset}`)),
      [{ stream: 0, minTimestamp: DAY_START + 20n, maxTimestamp: DAY_START + 25n }],
    );
    const catalog = await fixture.catalog();
    const { units } = await catalog.find({ tenant: 'test', matchers: [app('a')], range: ALL_TIME });
    const range = { stream: 0, minTimestamp: DAY_START + 20n, maxTimestamp: DAY_START + 25n };
    expect(units.map(({ kind, excluded }) => [kind, excluded])).toEqual([
      ['RowGroup', [range]],
      ['RowGroup', [range]],
      ['Overlap', []],
    ]);
    expect(await fixture.query([app('a')])).toHaveLength(6);
    // The same late range without another source in it is no overlap.
    const other = await catalog.find({
      tenant: 'test',
      matchers: [app('a')],
      range: { start: DAY_START + 31n, end: DAY_START + 99n },
    });
    expect(other.units.map(({ kind }) => kind)).toEqual(['RowGroup']);
  });

  test('counting needs no page of lines, and no timestamps where bounds decide', async () => {
    const fixture = new Fixture();
    await fixture.write(Array.from({ length: 40 }, (_, i) => at(i, { app: 'a', pod: `${i % 4}` }, `line ${i}`)));
    const source = { store: fixture.store, headBlocks: new Map(), clock: nodeRuntime.clock };
    const catalog = await fixture.catalog();
    const count = async (range: TimeRange) => {
      const { units } = await catalog.find({ tenant: 'test', matchers: [app('a')], range });
      const read = new Set<string>();
      let rows = 0;
      for (const unit of units) {
        const reader = openUnit(unit, source);
        rows += (await reader.rows(range)).length;
        reader.streams();
        for (const name of reader.statistics.columns.keys()) read.add(name);
      }
      return { rows, read: [...read] };
    };
    expect(await count(ALL_TIME)).toEqual({ rows: 40, read: [] });
    expect(await count({ start: DAY_START + 7n, end: DAY_START + 21n })).toEqual({ rows: 14, read: ['timestamp'] });
  });

  test('says what was pruned', async () => {
    const fixture = new Fixture();
    await fixture.write(Array.from({ length: 10 }, (_, i) => at(i, { app: 'a' }, 'x')));
    await fixture.write(Array.from({ length: 10 }, (_, i) => at(100 + i, { app: 'b' }, 'x')));
    fixture.head = headOf([at(200, { app: 'a' }, 'x'), at(201, { app: 'b' }, 'x')]);
    const catalog = await fixture.catalog();
    const range = { start: DAY_START, end: DAY_START + 3n };
    expect((await catalog.find({ tenant: 'test', matchers: [app('a')], range })).statistics).toMatchObject({
      chunksTotal: 2,
      chunksMatched: 1,
      rowGroupsTotal: 2,
      rowGroupsMatched: 1,
      headRows: 0,
    });
    expect((await catalog.find({ tenant: 'nobody', matchers: [app('a')], range })).units).toEqual([]);
  });

  test('an invalid regular expression is the query’s error', async () => {
    const catalog = await new Fixture().catalog();
    const matchers: Matcher[] = [{ name: 'app', op: '=~', value: '(' }];
    await expect(catalog.find({ tenant: 'test', matchers, range: ALL_TIME })).rejects.toMatchObject({
      code: 'bad_query',
    });
  });
});

/** An entry with the optional parts that are there. */
function withoutUndefined({ level, metadata, ...entry }: Loose): PlainEntry {
  return { ...entry, ...(level === undefined ? {} : { level }), ...(metadata === undefined ? {} : { metadata }) };
}

interface Loose {
  readonly labels: Readonly<Record<string, string>>;
  readonly timestamp: bigint;
  readonly line: string;
  readonly level: string | undefined;
  readonly metadata: Readonly<Record<string, string>> | undefined;
}

describe('labels and statistics', () => {
  async function fixtureOfThree() {
    const fixture = new Fixture();
    await fixture.write([
      at(0, { app: 'a', env: 'prod' }, 'xx'),
      at(5, { app: 'b' }, 'yyy'),
      at(9, { app: 'a', env: 'prod' }, 'z'),
    ]);
    await fixture.write([at(100, { app: 'c', env: 'dev' }, 'x')]);
    fixture.head = headOf([at(200, { app: 'a', host: 'h' }, 'x'), at(201, { app: 'ä' }, 'x')]);
    return await fixture.catalog();
  }
  const early = { start: DAY_START, end: DAY_START + 50n };

  test('series are the union of matcher sets, sorted', async () => {
    const catalog = await fixtureOfThree();
    const series = async (matcherSets: Matcher[][], range = ALL_TIME) =>
      (await catalog.series({ tenant: 'test', matcherSets, range })).map(({ key }) => key);
    expect(await series([])).toEqual([
      '{app="a", env="prod"}',
      '{app="a", host="h"}',
      '{app="b"}',
      '{app="c", env="dev"}',
      '{app="ä"}',
    ]);
    expect(await series([[app('b')], [{ name: 'env', op: '=~', value: 'p.*' }], [app('b')]])).toEqual([
      '{app="a", env="prod"}',
      '{app="b"}',
    ]);
    expect(await series([], early)).toEqual(['{app="a", env="prod"}', '{app="b"}']);
    expect(await series([[{ name: 'env', op: '=', value: '' }]], early)).toEqual(['{app="b"}']);
  });

  test('names and values, of all streams or of some', async () => {
    const catalog = await fixtureOfThree();
    const tenant = 'test';
    expect(await catalog.labelNames({ tenant, range: ALL_TIME })).toEqual(['app', 'env', 'host']);
    expect(await catalog.labelNames({ tenant, range: early })).toEqual(['app', 'env']);
    expect(await catalog.labelNames({ tenant, range: early, matchers: [app('b')] })).toEqual(['app']);
    expect(await catalog.labelValues({ tenant, range: ALL_TIME, name: 'app' })).toEqual(['a', 'b', 'c', 'ä']);
    expect(await catalog.labelValues({ tenant, range: early, name: 'app' })).toEqual(['a', 'b']);
    expect(await catalog.labelValues({ tenant, range: ALL_TIME, name: 'env', matchers: [app('a')] })).toEqual(['prod']);
    expect(await catalog.labelValues({ tenant, range: ALL_TIME, name: 'no' })).toEqual([]);
    expect(await catalog.labelNames({ tenant: 'nobody', range: ALL_TIME })).toEqual([]);
  });

  test('statistics are the same from head, chunks and both', async () => {
    const entries = Array.from({ length: 30 }, (_, i) => ({
      ...at(i, { app: i % 3 === 0 ? 'a' : 'b' }, 'x'.repeat(500 + i)),
      metadata: { trace: 'ä'.repeat(i) },
    }));
    const request = { tenant: 'test', matchers: [app('b')], range: ALL_TIME };
    const bytes = entries
      .filter(({ labels }) => labels['app'] === 'b')
      .reduce((sum, { line, metadata }) => sum + line.length + 5 + 2 * metadata.trace.length, 0);
    for (const committed of [0, 13, 30]) {
      const fixture = new Fixture();
      if (committed > 0) await fixture.write(entries.slice(0, committed));
      if (committed < 30) fixture.head = headOf(entries.slice(committed));
      const catalog = await fixture.catalog();
      const chunks = committed % 30 === 0 ? 1 : 2;
      const expected = { streams: 1, chunks, entries: 20, bytes: Math.round(bytes / 1024) * 1024 };
      expect(await catalog.stats(request)).toEqual(expected);
      expect(await catalog.stats({ ...request, matchers: [app('none')] })).toMatchObject({ streams: 0, bytes: 0 });
      const ranges = [5n, 10n, 40n].map((end, i) => ({
        start: DAY_START + [0n, 5n, 10n][i],
        end: DAY_START + end,
      }));
      const volumes = [...(await catalog.streamVolumes(request, ranges))].map((volume) => [...volume.bytes]);
      expect(volumes).toHaveLength(1);
      expect(volumes[0].reduce((sum, part) => sum + part)).toBeCloseTo(expected.bytes);
    }
  });

  test('a piece that lies partly in the range counts in proportion', async () => {
    const fixture = new Fixture();
    const entry = (second: number) => at(second, { app: 'a' }, 'x'.repeat(1024));
    await fixture.write([entry(0), entry(9)]);
    fixture.head = headOf([entry(100), entry(109)]);
    const catalog = await fixture.catalog();
    const range = { start: DAY_START, end: DAY_START + 105n };
    const [statistics] = await catalog.streamStatistics({ tenant: 'test', matchers: [app('a')], range });
    expect(statistics).toMatchObject({ entries: 3, bytes: 3072, chunks: 2 });
  });
});
