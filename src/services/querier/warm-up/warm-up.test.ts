import { expect, test } from 'vitest';
import { QueryEngine } from '../../../../exec/engine.ts';
import type { QueryResult } from '../../../../exec/result/query-result.ts';
import { ChunkCatalog } from '../../../../storage/catalog/chunk-catalog.ts';
import { StorageCatalog } from '../../../../storage/catalog/storage-catalog.ts';
import { DAY_START } from '../../../../storage/chunk/testing/arbitrary-entries.ts';
import { buildCut, type PlainEntry } from '../../../../storage/chunk/testing/build-cut.ts';
import { ALL_TIME } from '../../../../storage/chunk/testing/read-entries.ts';
import { writeCut } from '../../../../storage/chunk/write-cut.ts';
import { MemoryObjectStore } from '../../../../storage/objectstore/memory-object-store.ts';
import { parseQuery } from '../../../../grammar/parse.ts';
import { planQuery } from '../../../../planner/plan-query.ts';
import { nodeRuntime } from '../../../common/node-runtime.ts';
import { SampledCatalog } from './sampled-catalog.ts';
import { warmUp } from './warm-up.ts';
import { warmUpQueries } from './warm-up-queries.ts';

const { clock } = nodeRuntime;
const HOUR = 3_600_000_000_000n;
const smallGroups = { rowsMax: 50, lineBytesMax: 10_000, lineBytesTarget: 5000 };

/** Notes which parts of indexes are read. */
class NotingStore extends MemoryObjectStore {
  readonly indexReads: string[] = [];

  override async getRange(key: string, offset: number, length: number): Promise<Uint8Array> {
    if (key.includes('/index/')) this.indexReads.push(`${key} ${offset}`);
    return await super.getRange(key, offset, length);
  }
}

const entries = (hour: bigint): PlainEntry[] =>
  Array.from({ length: 1000 }, (_, i) => ({
    labels: { app: `app-${i % 3}` },
    timestamp: DAY_START + hour * HOUR + BigInt(i) * 1_000_000_001n,
    line: i % 2 === 0 ? `{"level":"error","status":${i}}` : `level=error request=${i}`,
  }));

async function opened() {
  const store = new NotingStore();
  for (const hour of [2n, 3n]) {
    const cut = buildCut(entries(hour), { firstSequence: Number(hour), lastSequence: Number(hour) });
    await writeCut(store, cut, { runtime: nodeRuntime, rowGroupLimits: smallGroups });
  }
  const chunks = await ChunkCatalog.open(store);
  store.indexReads.length = 0;
  const engine = new QueryEngine({ workers: 0, unitSource: { store, headBlocks: new Map(), clock }, clock });
  const catalog = new StorageCatalog(chunks, () => null, clock);
  const answers: QueryResult[] = [];
  const encode = (result: QueryResult): unknown => answers.push(result);
  const options = { chunks, catalog, engine, clock, queryMemoryBytes: 1 << 26, encode };
  return { store, options, answers };
}

test('afterwards the first query reads no index, and every kind of query has run', async () => {
  const { store, options, answers } = await opened();
  const report = await warmUp({ ...options, signal: new AbortController().signal });
  expect(report.indexes).toBe(2);
  const asked = warmUpQueries({ label: 'app', wideLabel: 'app' }, { start: 0n, end: HOUR }).length;
  expect(report.queries).toBe(2 * asked);
  expect(answers).toHaveLength(2 * asked);
  // Samples of what is there; but the skip tables tell that nothing has the second query's word.
  const lines = answers.map(({ statistics }) => statistics.linesProcessed);
  expect(Math.min(...lines.filter((_, i) => i % asked !== 1))).toBeGreaterThan(0);
  expect(store.indexReads).not.toHaveLength(0);
  store.indexReads.length = 0;
  const { catalog } = options;
  const params = { startNs: DAY_START, endNs: DAY_START + 4n * HOUR, stepNs: HOUR, limit: 1, intervalNs: 0n } as const;
  for (const text of ['{app=~".+"} |= "an-absent-word"', 'sum(count_over_time({app=~".+"}[1m]))']) {
    const query = { ...params, direction: 'backward', instant: false } as const;
    const { physical } = await planQuery(parseQuery(text), query, { catalog, tenant: 'test', clock });
    const [fragment] = physical.fragments;
    expect(fragment?.catalog?.chunksMatched).toBe(2);
    expect([fragment?.pruning?.report.rowGroups, fragment?.minutes?.rowGroups].some((count) => (count ?? 0) > 10)).toBe(
      true,
    );
  }
  expect(store.indexReads).toEqual([]);
});

test('it ends when it is told to', async () => {
  const { options } = await opened();
  const stop = new AbortController();
  const encode = (): void => stop.abort();
  expect(await warmUp({ ...options, encode, signal: stop.signal })).toMatchObject({ indexes: 2, queries: 1 });
  stop.abort();
  expect(await warmUp({ ...options, signal: stop.signal })).toMatchObject({ queries: 0 });
});

test('without chunks there is nothing to do', async () => {
  const { options } = await opened();
  const chunks = await ChunkCatalog.open(new MemoryObjectStore());
  const signal = new AbortController().signal;
  expect(await warmUp({ ...options, chunks, signal })).toMatchObject({ indexes: 0, queries: 0 });
});

test('a sample is of units all over, and of no more lines than wanted', async () => {
  const { options } = await opened();
  const request = { tenant: 'test', matchers: [], range: ALL_TIME };
  const { units: all } = await options.catalog.find(request);
  const { units } = await new SampledCatalog(options.catalog, 1 << 30).find(request);
  expect(units.length).toBeLessThanOrEqual(16);
  expect(all.indexOf(units.at(-1) ?? all[0])).toBeLessThan(all.length);
  const few = await new SampledCatalog(options.catalog, 2 * all[0].lineBytes).find(request);
  expect(few.units.length).toBeLessThan(units.length);
  expect((await new SampledCatalog(options.catalog, 1).find(request)).units).toHaveLength(1);
});
