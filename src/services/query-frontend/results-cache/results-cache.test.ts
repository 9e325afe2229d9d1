import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Entry } from '../../../../storage/head/testing/entries.ts';
import type { QueryParams } from '../../../../planner/logical/query-params.ts';
import { temporaryDirectory } from '../../../../test/support/server-process.ts';
import { nodeRuntime } from '../../../common/node-runtime.ts';
import type { QueryRequest } from '../../querier/query-request.ts';
import type { CallerAnswer } from '../frontend-answer.ts';
import { FrontendStore, type FrontendStoreOptions, rangeParams, TENANT } from '../testing/frontend-store.ts';
import type { CacheStore, CacheValue } from './cache-store.ts';
import { MemoryCache } from './memory-cache.ts';

const T0 = 1_767_225_600;
const MINUTE = 60;
const { clock } = nodeRuntime;
const entry = (second: number, app = 'a'): Entry => ({
  labels: { app },
  timestamp: BigInt(T0 + second) * 1_000_000_000n,
  line: `line ${second}`,
});
const COUNT = 'sum by (app) (count_over_time({app=~".+"}[5m]))';
const range = (start: number, end: number, step = MINUTE) => rangeParams(T0 + start * MINUTE, T0 + end * MINUTE, step);

let store: FrontendStore;
let cache: MemoryCache;
let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;

async function open(options: Partial<FrontendStoreOptions> = {}): Promise<void> {
  store = await FrontendStore.open({ cache, directory: temporary.directory, ...options });
}

/** As if the server had been started again. */
async function reopen(options: Partial<FrontendStoreOptions> = {}): Promise<void> {
  await store.close();
  await open(options);
}

beforeEach(async () => {
  temporary = await temporaryDirectory();
  cache = new MemoryCache({ bytesMax: 10_000_000, itemsMax: 0, ttlMs: 3_600_000, clock });
  await open();
  await store.push(Array.from({ length: 3600 }, (_, i) => entry(i, 'ab'[i % 2])));
});
afterEach(async () => {
  await store.close();
  await temporary.remove();
});

/** The answer, which must be what the querier says without frontend and cache. */
async function ask(query: string, params: QueryParams, options: Partial<QueryRequest> = {}): Promise<CallerAnswer> {
  const answer = await store.ask(query, params, options);
  const signal = new AbortController().signal;
  const direct = await store.querier.query({ tenant: TENANT, query, params, signal, ...options });
  expect(seriesOf(answer.result)).toEqual(seriesOf(direct.result));
  return answer;
}

function seriesOf(result: CallerAnswer['result']): unknown {
  if (result.kind !== 'MetricResult') return result.rows;
  return [result.grid, result.series.map(({ labels, values, present }) => [labels.key, [...values], [...present]])];
}

/** Minutes after T0 of the steps that were run since the last call. */
function ranMinutes(): [number, number][] {
  return store.runs.splice(0).map((params) => {
    const minute = (ns: bigint): number => (Number(ns / 1_000_000_000n) - T0) / MINUTE;
    return [minute(params?.startNs ?? 0n), minute(params?.endNs ?? 0n)];
  });
}

test('what was asked is not run again', async () => {
  const first = await ask(COUNT, range(0, 30));
  expect([ranMinutes(), first.runs, first.cache.keysFound, first.cache.keysStored]).toEqual([[[0, 30]], 1, 0, 1]);
  const second = await ask(`${COUNT} `, range(0, 30));
  expect([ranMinutes(), second.runs, second.planned]).toEqual([[], 0, null]);
  expect(second.cache).toMatchObject({ keysRequested: 1, keysFound: 1, servedNs: 31n * 60_000_000_000n });
  expect(second.result.statistics).toMatchObject({ linesProcessed: 0, entriesReturned: 2 });
});

test('only the steps that are missing are run', async () => {
  await ask(COUNT, range(20, 30));
  ranMinutes();
  await ask(COUNT, range(10, 40));
  expect(ranMinutes()).toEqual([
    [10, 19],
    [31, 40],
  ]);
  await ask(COUNT, range(10, 40));
  expect(ranMinutes()).toEqual([]);
});

test('many gaps are run at once', async () => {
  for (const at of [0, 10, 20, 30, 40, 50]) await ask(COUNT, range(at, at + 1));
  ranMinutes();
  await ask(COUNT, range(0, 59));
  expect(ranMinutes()).toEqual([[2, 59]]);
});

test('long ranges are spread over several entries', async () => {
  const { cache: use } = await ask(COUNT, range(-3000, 3000));
  expect(use.keysRequested).toBeGreaterThan(30);
  expect(use.keysStored).toBe(use.keysRequested);
  ranMinutes();
  await ask(COUNT, range(-2500, 2500));
  expect(ranMinutes()).toEqual([]);
});

test.each([
  ['another step', COUNT, range(0, 30, 30), {}],
  ['another query', `${COUNT} * 2`, range(0, 30), {}],
  ['another tenant', COUNT, range(0, 30), { tenant: 'u' }],
  ['a list of tenants', COUNT, range(0, 30), { tenant: 't|' }],
])('%s is another entry', async (_, query, params, options) => {
  await ask(COUNT, range(0, 30));
  ranMinutes();
  await ask(query, params, options);
  expect(ranMinutes()).toHaveLength(1);
});

describe('late entries', () => {
  beforeEach(async () => {
    await ask(COUNT, range(0, 59));
    ranMinutes();
  });

  test('make only those steps run again that see them', async () => {
    await store.push([entry(30 * MINUTE + 1, 'late')]);
    await ask(COUNT, range(0, 59));
    // A window of 5 minutes sees them; a minute beside it is the grain of what is remembered.
    const [[first, last]] = ranMinutes() as [[number, number]];
    expect([first, last]).toEqual([30, 36]);
    await ask(COUNT, range(0, 59));
    expect(ranMinutes()).toEqual([]);
  });

  test('of another time or tenant change nothing; a flush neither', async () => {
    await store.push([entry(5000 * MINUTE)]);
    await store.push([entry(30 * MINUTE)], 'u');
    await store.flush();
    await ask(COUNT, range(0, 59));
    expect(ranMinutes()).toEqual([]);
  });

  test('that come while a query runs are not lost', async () => {
    store.beforeRun = async () => {
      store.beforeRun = () => Promise.resolve();
      await store.push([entry(10 * MINUTE, 'late')]);
    };
    await store.ask(COUNT, range(0, 90));
    await ask(COUNT, range(0, 90));
  });
});

test('steps that are not old enough are not kept', async () => {
  await store.close();
  const now = { ...clock, nowNs: () => BigInt(T0 + 40 * MINUTE) * 1_000_000_000n };
  await open({ clock: now, limits: { max_cache_freshness_per_query: '10m' } });
  await ask(COUNT, range(0, 40));
  ranMinutes();
  await ask(COUNT, range(0, 40));
  expect(ranMinutes()).toEqual([[31, 40]]);
});

describe('what is not cached', () => {
  const NOW = 'sum by (t) (count_over_time({app="a"} | label_format t="{{ now | unixEpoch }}"[5m]))';
  test.each([
    ['a log query that does not filter', '{app="nothing"}', range(0, 30), {}],
    ['a log query that finds something', '{app="a"} |= "line"', range(0, 30), {}],
    ['an instant query', COUNT, { ...range(30, 30), instant: true }, {}],
    ['Cache-Control: no-cache', COUNT, range(0, 30), { noCache: true }],
    ['label_replace', `label_replace(${COUNT}, "app", "x", "app", ".*")`, range(0, 30), {}],
    ['variants', 'variants(count_over_time({app="a"}[5m])) of ({app="a"}[5m])', range(0, 30), {}],
    ['a query without data', 'vector(1)', range(0, 30), {}],
  ])('%s', async (_, query, params, options) => {
    await ask(query, params, options);
    expect((await ask(query, params, options)).runs).toBe(1);
    expect(cache.itemCount).toBe(0);
  });

  test('a template that reads the clock', async () => {
    await store.ask(NOW, range(0, 30));
    expect(cache.itemCount).toBe(0);
  });

  test('anything without splitting: steps are not aligned then', async () => {
    await reopen({ limits: { split_queries_by_interval: '0s' } });
    await ask(COUNT, range(0, 30));
    expect(cache.itemCount).toBe(0);
  });
});

test('max_query_series is of the whole answer', async () => {
  await reopen({ limits: { max_query_series: 2 } });
  await store.push([entry(100 * MINUTE, 'c')]);
  await ask(COUNT, range(50, 69));
  await ask(COUNT, range(80, 110));
  await expect(store.ask(COUNT, range(50, 110))).rejects.toMatchObject({
    code: 'query_limit',
    message: expect.stringMatching(/^maximum number of series \(2\) reached/) as string,
  });
});

test('damaged entries are none', async () => {
  await ask(COUNT, range(0, 30));
  const damaged: CacheStore = {
    outlivesProcess: false,
    get: async (keys) => (await cache.get(keys)).map((value) => damage(value)),
    put: (values) => cache.put(values),
    close: async () => {},
  };
  await reopen({ cache: damaged });
  ranMinutes();
  await ask(COUNT, range(0, 30));
  expect(ranMinutes()).toEqual([[0, 30]]);
});

function damage(value: Uint8Array | null): Uint8Array | null {
  if (value === null) return null;
  const copy = value.slice();
  copy[copy.length - 9] ^= 1;
  return copy;
}

describe('a store that outlives the process', () => {
  class Shared implements CacheStore {
    readonly outlivesProcess = true;
    readonly values = new Map<string, Uint8Array>();

    async get(keys: readonly string[]): Promise<(Uint8Array | null)[]> {
      return keys.map((key) => this.values.get(key) ?? null);
    }

    async put(values: readonly CacheValue[]): Promise<void> {
      for (const { key, value } of values) this.values.set(key, value);
    }

    async close(): Promise<void> {}
  }
  let shared: Shared;
  beforeEach(async () => {
    shared = new Shared();
    await reopen({ cache: shared });
  });

  test('answers after a restart, when everything was committed', async () => {
    await store.flush();
    await ask(COUNT, range(0, 59));
    await reopen({ cache: shared });
    await ask(COUNT, range(0, 59));
    expect(ranMinutes()).toEqual([]);
  });

  test('does not answer when something was in the head, or has come since', async () => {
    await ask(COUNT, range(0, 59));
    await reopen({ cache: shared });
    await store.flush();
    await ask(COUNT, range(0, 59));
    expect(ranMinutes()).toEqual([[0, 59]]);
    await store.push([entry(10 * MINUTE, 'late')]);
    await reopen({ cache: shared });
    await ask(COUNT, range(0, 59));
    expect(ranMinutes()).toEqual([[0, 59]]);
    await store.flush();
    await reopen({ cache: shared });
    await ask(COUNT, range(0, 59));
    expect(ranMinutes()).toEqual([[0, 59]]);
  });
});
