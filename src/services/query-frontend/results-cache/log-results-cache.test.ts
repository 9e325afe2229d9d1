import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Entry } from '../../../../storage/head/testing/entries.ts';
import { temporaryDirectory } from '../../../../test/support/server-process.ts';
import { nodeRuntime } from '../../../common/node-runtime.ts';
import { FrontendStore, type FrontendStoreOptions, rangeParams } from '../testing/frontend-store.ts';
import { MemoryCache } from './memory-cache.ts';

const T0 = 1_767_225_600;
const MINUTE = 60;
const QUERY = '{app="a"} |= "needle"';
const { clock } = nodeRuntime;
const entry = (minute: number, line: string): Entry => ({
  labels: { app: 'a' },
  timestamp: BigInt(T0 + minute * MINUTE) * 1_000_000_000n,
  line,
});
const range = (start: number, end: number) => rangeParams(T0 + start * MINUTE, T0 + end * MINUTE, 1);

let store: FrontendStore;
let cache: MemoryCache;
let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;

async function open(options: Partial<FrontendStoreOptions> = {}): Promise<void> {
  store = await FrontendStore.open({ cache, directory: temporary.directory, ...options });
}

beforeEach(async () => {
  temporary = await temporaryDirectory();
  cache = new MemoryCache({ bytesMax: 1_000_000, itemsMax: 0, ttlMs: 3_600_000, clock });
  await open();
  await store.push(Array.from({ length: 60 }, (_, minute) => entry(minute, 'hay')));
});
afterEach(async () => {
  await store.close();
  await temporary.remove();
});

async function linesOf(query: string, start: number, end: number): Promise<string[]> {
  const { result } = await store.ask(query, range(start, end));
  return result.kind === 'LogResult' ? result.rows.map(({ line }) => line) : [];
}

/** Minutes after T0 between which the queries since the last call ran. */
function ranMinutes(): [number, number][] {
  const minute = (ns: bigint): number => (Number(ns / 1_000_000_000n) - T0) / MINUTE;
  return store.runs.splice(0).map((params) => [minute(params?.startNs ?? 0n), minute(params?.endNs ?? 0n)]);
}

test('where nothing was found is not looked at again', async () => {
  expect(await linesOf(QUERY, 0, 60)).toEqual([]);
  expect(ranMinutes()).toEqual([[0, 60]]);
  const { result, runs, cache: use } = await store.ask(QUERY, range(0, 60));
  expect([result, runs, ranMinutes()]).toMatchObject([{ kind: 'LogResult', rows: [], direction: 'backward' }, 0, []]);
  expect(use).toMatchObject({ keysRequested: 1, keysFound: 1, servedNs: 3600n * 1_000_000_000n });
  expect(await linesOf(QUERY, 10, 50)).toEqual([]);
  expect(ranMinutes()).toEqual([]);
});

test('of a range that moves on only what is new is run', async () => {
  await linesOf(QUERY, 0, 40);
  ranMinutes();
  expect(await linesOf(QUERY, 10, 50)).toEqual([]);
  expect(await linesOf(QUERY, -10, 30)).toEqual([]);
  expect(await linesOf(QUERY, -10, 50)).toEqual([]);
  expect(ranMinutes()).toEqual([
    [40, 50],
    [-10, 0],
  ]);
});

test('what lies beside it is found', async () => {
  await store.push([entry(70, 'needle 1')]);
  await linesOf(QUERY, 0, 60);
  expect(await linesOf(QUERY, 0, 80)).toEqual(['needle 1']);
  expect(await linesOf(QUERY, 0, 80)).toEqual(['needle 1']);
});

test('late entries are found; other times stay as they are', async () => {
  await linesOf(QUERY, 0, 60);
  ranMinutes();
  await store.push([entry(30, 'needle 2')]);
  expect(await linesOf(QUERY, 0, 60)).toEqual(['needle 2']);
  const [[first, last]] = ranMinutes() as [[number, number]];
  expect(first).toBeGreaterThan(28);
  expect(last).toBeLessThan(32);
  expect(await linesOf(QUERY, 0, 20)).toEqual([]);
  expect(ranMinutes()).toEqual([]);
});

test('what is recent is not kept', async () => {
  await store.close();
  const now = { ...clock, nowNs: () => BigInt(T0 + 40 * MINUTE) * 1_000_000_000n };
  await open({ clock: now, limits: { max_cache_freshness_per_query: '10m' } });
  await linesOf(QUERY, 0, 40);
  ranMinutes();
  await linesOf(QUERY, 0, 40);
  expect(ranMinutes()).toEqual([[30, 40]]);
});

test('queries that differ, tenants and processes have entries of their own', async () => {
  await linesOf(QUERY, 0, 60);
  await store.ask(QUERY, range(0, 60), { tenant: 'u' });
  await linesOf(`${QUERY} != "x"`, 0, 60);
  expect(ranMinutes()).toHaveLength(3);
  await store.close();
  await open();
  await linesOf(QUERY, 0, 60);
  expect(ranMinutes()).toHaveLength(1);
});
