import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseQuery } from '../grammar/parse.ts';
import type { QueryParams } from '../planner/logical/query-params.ts';
import type { PhysicalPlan } from '../planner/physical/plan.ts';
import { planQuery } from '../planner/plan-query.ts';
import { must } from '../src/common/assert.ts';
import { nodeRuntime } from '../src/common/node-runtime.ts';
import { ChunkCatalog } from '../storage/catalog/chunk-catalog.ts';
import { StorageCatalog } from '../storage/catalog/storage-catalog.ts';
import { writeCut } from '../storage/chunk/write-cut.ts';
import { TenantHead } from '../storage/head/tenant-head.ts';
import { batchOf, type Entry } from '../storage/head/testing/entries.ts';
import { openObjectStore } from '../storage/objectstore/object-store-config.ts';
import type { HeadBlockSnapshot } from '../storage/read/head-block.ts';
import { type ExecuteOptions, QueryEngine } from './engine.ts';
import type { LogResult, MetricResult, QueryResult } from './result/query-result.ts';

const TENANT = 't';
const SECOND = 1_000_000_000n;
const START = 1_768_471_200n * SECOND;
const END = START + 600n * SECOND;
const LEVELS = ['info', 'warn', 'error'];

/** Pages must be so large that their memory is given back after their unit. As an array it is not a label. */
const PADDING = '#'.repeat(120);

/** One entry per second and stream, and three with the same timestamp in one stream. */
const ENTRIES: readonly Entry[] = [
  ...Array.from({ length: 600 }, (_, i) =>
    ['a', 'b', 'c'].map((app, s): Entry => ({
      labels: { app, env: s === 2 ? 'dev' : 'prod' },
      timestamp: START + BigInt(i) * SECOND + BigInt(s),
      line: JSON.stringify({ n: i, app_name: app, took: `${i % 7}ms`, padding: [PADDING] }),
      level: LEVELS[i % 3],
      metadata: i % 10 === 0 ? { trace_id: `t${i}` } : {},
    })),
  ).flat(),
  ...['first', 'second', 'third'].map((line): Entry => ({
    labels: { app: 'tie' },
    timestamp: START + SECOND,
    line,
    level: 'info',
    metadata: {},
  })),
];

type State = 'head' | 'chunks' | 'half';

interface Store {
  readonly directory: string;
  readonly catalog: StorageCatalog;
}

const ROW_GROUPS = { rowsMax: 300, lineBytesMax: 1 << 20, lineBytesTarget: 1 << 20 };

/** All entries in a store: in the head, in chunks with several row groups, or the older half in chunks. */
async function openStore(state: State): Promise<Store> {
  const directory = await fs.mkdtemp(path.join(os.tmpdir(), 'skald-engine-'));
  const store = openObjectStore({ kind: 'filesystem', directory }, nodeRuntime);
  let block = 0;
  const head = new TenantHead({
    tenant: TENANT,
    clock: nodeRuntime.clock,
    seed: 7,
    nextBlockId: () => `${TENANT}/${++block}`,
    lastCommitted: () => undefined,
  });
  const chunks = await ChunkCatalog.open(store);
  const half = Math.floor(ENTRIES.length / 2);
  const parts = state === 'half' ? [ENTRIES.slice(0, half), ENTRIES.slice(half)] : [ENTRIES];
  for (const [i, entries] of parts.entries()) {
    head.append(batchOf(entries), 'wal', i + 1);
    const staysInHead = state === 'head' || i === 1;
    if (staysInHead) continue;
    const group = must(head.close());
    chunks.add(await writeCut(store, head.cutOf(group), { runtime: nodeRuntime, rowGroupLimits: ROW_GROUPS }));
    head.release(group);
  }
  return { directory, catalog: new StorageCatalog(chunks, () => head.view(), nodeRuntime.clock) };
}

interface Planned {
  readonly plan: PhysicalPlan;
  readonly headBlocks: ReadonlyMap<string, HeadBlockSnapshot>;
}

async function plan(store: Store, query: string, params: Partial<QueryParams> = {}): Promise<Planned> {
  const headBlocks = new Map<string, HeadBlockSnapshot>();
  const full: QueryParams = {
    startNs: START,
    endNs: END,
    stepNs: 60n * SECOND,
    limit: 100,
    direction: 'backward',
    intervalNs: 0n,
    instant: false,
    ...params,
  };
  const planned = await planQuery(parseQuery(query), full, {
    catalog: {
      find: async (request) => {
        const answer = await store.catalog.find(request);
        for (const [id, snapshot] of answer.headBlocks) headBlocks.set(id, snapshot);
        return answer;
      },
    },
    tenant: TENANT,
    clock: nodeRuntime.clock,
  });
  return { plan: planned.physical, headBlocks };
}

function optionsOf(headBlocks: Planned['headBlocks'], changes: Partial<ExecuteOptions> = {}): ExecuteOptions {
  return {
    signal: new AbortController().signal,
    deadlineMs: 0,
    headBlocks,
    maxSeries: 0,
    byteBudget: 1 << 28,
    ...changes,
  };
}

const stores = new Map<State, Store>();
const engines = new Map<string, QueryEngine>();

/** An engine of its own for each store and way to run. */
async function engineOf(state: State, workers: number): Promise<QueryEngine> {
  const key = `${state}/${workers}`;
  let engine = engines.get(key);
  if (engine === undefined) {
    const objectStore = { kind: 'filesystem', directory: must(stores.get(state)).directory } as const;
    const { clock } = nodeRuntime;
    engine =
      workers === 0
        ? new QueryEngine({
            workers: 0,
            unitSource: { store: openObjectStore(objectStore, nodeRuntime), headBlocks: new Map(), clock },
            clock,
          })
        : new QueryEngine({ workers, unitSourceConfig: { objectStore }, clock });
    await engine.start();
    engines.set(key, engine);
  }
  return engine;
}

async function run(
  [state, workers]: readonly [State, number],
  query: string,
  params: Partial<QueryParams> = {},
  options: Partial<ExecuteOptions> = {},
): Promise<QueryResult> {
  const { plan: physical, headBlocks } = await plan(must(stores.get(state)), query, params);
  const engine = await engineOf(state, workers);
  return await engine.execute(physical, optionsOf(headBlocks, options));
}

beforeAll(async () => {
  for (const state of ['head', 'chunks', 'half'] as const) stores.set(state, await openStore(state));
});

afterAll(async () => {
  for (const engine of engines.values()) await engine.close();
  for (const { directory } of stores.values()) await fs.rm(directory, { recursive: true });
});

const LANES = (['head', 'chunks', 'half'] as const).flatMap((state) =>
  [0, 2].map((workers) => [state, workers] as const),
);

const seconds = (timestamp: bigint): number => Number((timestamp - START) / SECOND);
const lines = (result: QueryResult): string[] => (result as LogResult).rows.map(({ line }) => line);
/** `{labels} 1 2 _` per series. */
const samples = (result: QueryResult): string[] =>
  (result as MetricResult).series.map(
    ({ labels, values, present }) =>
      `${labels.key} ${Array.from(values, (value, k) => (present[k] === 1 ? String(value) : '_')).join(' ')}`,
  );

describe.each(LANES)('log queries over %s with %d workers', (...lane) => {
  test('the newest entries first, all labels by origin', async () => {
    const result = (await run(lane, '{app="a"}', { limit: 3 })) as LogResult;
    expect(result.rows.map(({ timestampNs }) => seconds(timestampNs))).toEqual([599, 598, 597]);
    expect(result.rows[0]).toMatchObject({
      line: ENTRIES[599 * 3].line,
      stream: [
        ['app', 'a'],
        ['env', 'prod'],
      ],
      metadata: [['detected_level', 'error']],
      parsed: [],
    });
  });

  test('limits count over all streams, in both directions', async () => {
    const oldest = (await run(lane, '{env=~".+"}', { limit: 4, direction: 'forward' })) as LogResult;
    expect(oldest.rows.map(({ stream, timestampNs }) => `${stream[0][1]}${seconds(timestampNs)}`)).toEqual([
      'a0',
      'b0',
      'c0',
      'a1',
    ]);
    const newest = (await run(lane, '{env=~".+"}', { limit: 4 })) as LogResult;
    expect(newest.rows.map(({ stream, timestampNs }) => `${stream[0][1]}${seconds(timestampNs)}`)).toEqual([
      'c599',
      'b599',
      'a599',
      'c598',
    ]);
  });

  test('equal timestamps keep their order of arrival, reversed going backward (fact 15)', async () => {
    expect(lines(await run(lane, '{app="tie"}', { direction: 'forward' }))).toEqual(['first', 'second', 'third']);
    expect(lines(await run(lane, '{app="tie"}'))).toEqual(['third', 'second', 'first']);
    expect(lines(await run(lane, '{app="tie"}', { limit: 1 }))).toEqual(['third']);
  });

  test('the range is half open (fact 13)', async () => {
    const result = await run(lane, '{app="a"}', {
      startNs: START + SECOND,
      endNs: START + 3n * SECOND,
      direction: 'forward',
    });
    expect((result as LogResult).rows.map(({ timestampNs }) => seconds(timestampNs))).toEqual([1, 2]);
  });

  test('line filters, metadata filters, parsers, stages after the limit', async () => {
    const query = '{env="prod"} |= `"n":5` | trace_id="t50" | json | app_name="b" | drop took';
    const result = (await run(lane, query)) as LogResult;
    expect(result.rows).toHaveLength(1);
    expect(result.rows[0]).toMatchObject({
      stream: [
        ['app', 'b'],
        ['env', 'prod'],
      ],
      metadata: [
        ['detected_level', 'error'],
        ['trace_id', 't50'],
      ],
      parsed: [
        ['app_name', 'b'],
        ['n', '50'],
      ],
    });
    const parsed = (await run(lane, '{app="a"} | json', { limit: 1 })) as LogResult;
    expect(parsed.rows[0].parsed).toEqual([
      ['app_name', 'a'],
      ['n', '599'],
      ['took', '4ms'],
    ]);
  });

  test('intervals thin out over all streams (fact 19)', async () => {
    const result = await run(lane, '{env="prod"}', { intervalNs: 200n * SECOND, direction: 'forward' });
    expect((result as LogResult).rows.map(({ timestampNs }) => seconds(timestampNs))).toEqual([0, 200, 400]);
  });

  test('nothing selected', async () => {
    expect(lines(await run(lane, '{app="none"}'))).toEqual([]);
    expect(samples(await run(lane, 'sum(rate({app="none"}[1m]))'))).toEqual([]);
    expect(samples(await run(lane, 'absent_over_time({app="none"}[1m])', { endNs: START + 60n * SECOND }))).toEqual([
      '{app="none"} 1 1',
    ]);
  });
});

describe.each(LANES)('metric queries over %s with %d workers', (...lane) => {
  const threeSteps = { startNs: START + 60n * SECOND, endNs: START + 180n * SECOND };

  test('counts per window and stream', async () => {
    expect(samples(await run(lane, 'sum by (app) (count_over_time({env=~".+"}[1m]))', threeSteps))).toEqual([
      // (0s, 60s] has the entries of seconds 1 to 60, and b's and c's of second 0, which are a nanosecond later.
      '{app="a"} 60 60 60',
      '{app="b"} 60 60 60',
      '{app="c"} 60 60 60',
    ]);
    expect(samples(await run(lane, 'sum(count_over_time({env=~".+"}[150s]))', threeSteps))).toEqual(['{} 181 361 450']);
  });

  test('metadata and parsed labels make series', async () => {
    expect(samples(await run(lane, 'sum by (detected_level) (count_over_time({app="a"}[1m]))', threeSteps))).toEqual([
      '{detected_level="error"} 20 20 20',
      '{detected_level="info"} 20 20 20',
      '{detected_level="warn"} 20 20 20',
    ]);
    expect(
      samples(
        await run(lane, 'sum by (app_name, took) (count_over_time({app="c"} | json | took="3ms" [1m]))', threeSteps),
      ),
    ).toEqual(['{app_name="c", took="3ms"} 9 8 9']);
  });

  test('unwrapped values, arithmetic between vectors', async () => {
    const query =
      'max by (app) (max_over_time({app="a"} | json | unwrap n [1m])) - on (app) min by (app) (min_over_time({app="a"} | json | unwrap n [1m]))';
    expect(samples(await run(lane, query, threeSteps))).toEqual(['{app="a"} 59 59 59']);
    expect(
      samples(await run(lane, 'quantile_over_time(0.5, {app="a"} | json | unwrap n [1m]) by (app)', threeSteps)),
    ).toEqual(['{app="a"} 30.5 90.5 150.5']);
  });

  test('bytes of lines', async () => {
    const total = ENTRIES.filter(({ labels }) => labels.app === 'a').reduce((sum, { line }) => sum + line.length, 0);
    const params = { startNs: END, endNs: END, instant: true };
    expect(samples(await run(lane, 'sum(bytes_over_time({app="a"}[1h]))', params))).toEqual([`{} ${total}`]);
  });
});

describe('limits and control', () => {
  const lane = ['chunks', 2] as const;

  test('an aborted query is cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(run(lane, '{app="a"}', {}, { signal: controller.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  test('a query that is cancelled while it runs stops', async () => {
    const controller = new AbortController();
    const running = run(
      ['half', 2],
      'sum by (n) (count_over_time({env=~".+"} | json [10m]))',
      { stepNs: SECOND },
      { signal: controller.signal },
    );
    setTimeout(() => controller.abort(), 1);
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('the deadline', async () => {
    const query = 'sum by (n) (count_over_time({env=~".+"} | json [10m]))';
    await expect(run(lane, query, { stepNs: SECOND }, { deadlineMs: 0.001 })).rejects.toMatchObject({
      code: 'deadline_exceeded',
    });
  });

  test('too many series, at the boundary', async () => {
    const query = 'sum by (app) (count_over_time({env=~".+"}[1m]))';
    expect(samples(await run(lane, query, {}, { maxSeries: 3 }))).toHaveLength(3);
    await expect(run(lane, query, {}, { maxSeries: 2 })).rejects.toMatchObject({
      code: 'query_limit',
      message:
        'maximum number of series (2) reached for a single query; consider reducing query cardinality by adding more ' +
        'specific stream selectors, reducing the time range, or aggregating results with functions like sum(), count() or topk()',
    });
  });

  test('too much memory', async () => {
    await expect(run(lane, '{env=~".+"}', { intervalNs: 1n, limit: 5000 }, { byteBudget: 4096 })).rejects.toMatchObject(
      { code: 'query_limit' },
    );
  });

  test('several queries at once', async () => {
    const queries = Array.from({ length: 8 }, (_, i) =>
      run(lane, `sum(count_over_time({app="${'abc'[i % 3]}"}[11m]))`, { startNs: END, endNs: END, instant: true }),
    );
    for (const result of await Promise.all(queries)) expect(samples(result)).toEqual(['{} 600']);
  });

  test('sort orders an instant vector, other answers are in label order (facts 63, 64)', async () => {
    const params = { startNs: END, endNs: END, instant: true };
    const inner = 'sum by (app) (count_over_time({app=~".+"}[1h]))';
    expect(samples(await run(lane, `sort(${inner})`, params))[0]).toBe('{app="tie"} 3');
    expect(samples(await run(lane, `topk(2, ${inner})`, params))).toEqual(['{app="a"} 600', '{app="b"} 600']);
    expect((await run(lane, '1 + 1', params)) as MetricResult).toMatchObject({ type: 'scalar' });
  });
});

describe('statistics', () => {
  test('count only what was read', async () => {
    const counting = await run(['chunks', 0], 'sum(count_over_time({app="a"}[1m]))', {}, { analyze: true });
    const { statistics } = counting;
    expect(statistics).toMatchObject({ linesProcessed: 600, linesPostFilter: 600, headLines: 0, chunksMatched: 1 });
    const read = new Set([...statistics.operators.values()].flatMap(({ columns }) => [...columns.keys()]));
    expect(read.has('line')).toBe(false);
    const fromHead = (await run(['head', 0], '{app="a"} |= "nowhere"')).statistics;
    expect(fromHead).toMatchObject({ linesProcessed: 600, linesPostFilter: 0, headLines: 600, entriesReturned: 0 });
  });

  test('runs of rows inside of one window are counted without reading a page', async () => {
    const params = { startNs: END, endNs: END, instant: true };
    for (const [query, answer] of [
      ['sum by (app) (count_over_time({app="a"}[11m]))', '{app="a"} 600'],
      ['count(rate({app="a"}[11m]))', '{} 63'],
    ] as const) {
      const result = await run(['chunks', 0], query, params);
      expect(samples(result)).toEqual([answer]);
      expect(result.statistics.linesProcessed).toBe(600);
      expect(result.statistics.pagesRead === 0).toBe(query.startsWith('sum'));
    }
    const bytes = await run(['chunks', 0], 'sum(bytes_over_time({app="a"}[5m]))', params, { analyze: true });
    const columns = new Map([...bytes.statistics.operators.values()].flatMap(({ columns }) => [...columns]));
    // Two of the row groups of the stream are cut by the window; of their lines only offsets are read.
    expect(columns.get('line')?.pages).toBe(columns.get('timestamp')?.pages);
  });

  test('per operator and worker, only when analyzed', async () => {
    const query = '{env="prod"} | json | took="3ms" | drop n';
    expect((await run(['chunks', 2], query)).statistics.operators.size).toBe(0);
    const { operators, workers, unitsRead } = (await run(['chunks', 2], query, { limit: 1000 }, { analyze: true }))
      .statistics;
    const rowsOut = [...operators.values()].map((operator) => operator.rowsOut);
    expect(rowsOut).toContain(1200);
    expect(rowsOut.filter((rows) => rows === 172).length).toBeGreaterThan(1);
    expect(workers.reduce((tasks, worker) => tasks + worker.tasks, 0)).toBe(unitsRead);
  });

  test('a small query takes one worker where a worker is to have many bytes', async () => {
    const query = 'sum by (app) (count_over_time({app=~".+"} |= "3" [5m]))';
    const shared = await run(['half', 2], query);
    expect(shared.statistics.unitsRead).toBeGreaterThan(2);
    for (const [bytesPerWorker, count] of [
      [2 ** 40, 1],
      [1, 2],
    ] as const) {
      const result = await run(['half', 2], query, {}, { bytesPerWorker });
      expect(result.statistics.workers).toHaveLength(count);
      expect(samples(result)).toEqual(samples(shared));
    }
  });

  test('a limit stops early: units that cannot contribute are not read', async () => {
    const { statistics } = await run(['chunks', 0], '{app=~"a|b|c"}', { limit: 5 });
    expect(statistics.unitsRead).toBeLessThan(statistics.unitsTotal);
  });
});
