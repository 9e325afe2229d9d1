import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Entry } from '../../../storage/head/testing/entries.ts';
import { temporaryDirectory } from '../../../test/support/server-process.ts';
import { SkaldError } from '../../common/errors.ts';
import { nodeRuntime } from '../../common/node-runtime.ts';
import type { CallerAnswer } from './frontend-answer.ts';
import { MemoryCache } from './results-cache/memory-cache.ts';
import { FrontendStore, type FrontendStoreOptions, rangeParams } from './testing/frontend-store.ts';

const T0 = 1_767_225_600;
const entry = (second: number, line = `line ${second}`): Entry => ({
  labels: { app: 'a' },
  timestamp: BigInt(T0 + second) * 1_000_000_000n,
  line,
});
const COUNT = 'sum(count_over_time({app="a"}[1m]))';
const RANGE = rangeParams(T0, T0 + 600, 60);

let store: FrontendStore;
let remove: () => Promise<void>;
/** Runs wait here until it is opened. */
let gate: PromiseWithResolvers<void>;

async function open(options: Omit<FrontendStoreOptions, 'directory'> = {}): Promise<void> {
  const temporary = await temporaryDirectory();
  remove = temporary.remove;
  store = await FrontendStore.open({ ...options, directory: temporary.directory });
  gate = Promise.withResolvers<void>();
  await store.push(Array.from({ length: 300 }, (_, i) => entry(i)));
}

beforeEach(() => open());
afterEach(close);

async function close(): Promise<void> {
  gate.resolve();
  await store.close();
  await remove();
}

const hold = (): void => void (store.beforeRun = () => gate.promise);
const started = async (count: number): Promise<void> => await expect.poll(() => store.runs.length).toBe(count);

function totalOf({ result }: CallerAnswer): number {
  if (result.kind !== 'MetricResult') throw new Error('not a metric');
  return result.series.flatMap(({ values }) => [...values]).reduce((sum, value) => sum + value, 0);
}

describe('identical queries at the same time', () => {
  test('run once; spaces and what does not matter make no difference', async () => {
    hold();
    const asked = [
      store.ask(COUNT, RANGE),
      store.ask('sum( count_over_time( {app="a"} [60s] ) )', { ...RANGE, limit: 7, direction: 'forward' }),
      // The steps are the same once they are aligned.
      store.ask(COUNT, { ...RANGE, startNs: RANGE.startNs + 1n, endNs: RANGE.endNs - 1n }),
    ];
    await started(1);
    gate.resolve();
    const answers = await Promise.all(asked);
    expect(store.runs).toHaveLength(1);
    expect(answers.map(totalOf)).toEqual([300, 300, 300]);
    expect(answers.map(({ isShared }) => isShared)).toEqual([false, true, true]);
    expect(store.finished.map(({ answer }) => answer?.isShared)).toEqual([false, true, true]);
  });

  test.each([
    ['another query', `${COUNT} + 1`, RANGE, {}],
    ['another range', COUNT, rangeParams(T0, T0 + 660, 60), {}],
    ['another step', COUNT, rangeParams(T0, T0 + 600, 30), {}],
    ['another tenant', COUNT, RANGE, { tenant: 'u' }],
    ['several tenants', COUNT, RANGE, { tenant: 't|u' }],
    ['other limits', COUNT, RANGE, { limits: { query_timeout: 5000 } }],
    ['EXPLAIN ANALYZE', COUNT, RANGE, { analyze: true }],
  ])('%s is another run', async (_, query, params, options) => {
    hold();
    const asked = [store.ask(COUNT, RANGE), store.ask(query, params, options)];
    await started(2);
    gate.resolve();
    expect((await Promise.all(asked)).map(({ isShared }) => isShared)).toEqual([false, false]);
  });

  test.each([
    ['limit', { limit: 7 }],
    ['direction', { direction: 'forward' }],
    ['interval', { intervalNs: 5n }],
  ] as const)('of log queries, %s matters', async (_, change) => {
    hold();
    const asked = [store.ask('{app="a"}', RANGE), store.ask('{app="a"}', { ...RANGE, ...change })];
    await started(2);
    gate.resolve();
    await Promise.all(asked);
  });

  test('a caller that goes away leaves the run to the others; the last one ends it', async () => {
    hold();
    const callers = [new AbortController(), new AbortController()];
    const [first, second] = callers;
    const asked = callers.map(({ signal }) => store.ask(COUNT, RANGE, { signal }));
    await started(1);
    first.abort(new SkaldError('cancelled', 'gone'));
    await expect(asked[0]).rejects.toMatchObject({ code: 'cancelled' });
    gate.resolve();
    expect(totalOf(await asked[1])).toBe(300);

    gate = Promise.withResolvers<void>();
    const alone = store.ask(COUNT, RANGE, { signal: second.signal });
    await started(2);
    second.abort(new SkaldError('cancelled', 'gone'));
    await expect(alone).rejects.toMatchObject({ code: 'cancelled' });
    expect(store.frontend.inProgress).toBe(0);
  });
});

describe('what was acknowledged before a query is in its answer', () => {
  test('a run that has begun to read is not joined after a push to its range', async () => {
    hold();
    const before = store.ask(COUNT, RANGE);
    await started(1);
    await store.push([entry(590)]);
    const after = store.ask(COUNT, RANGE);
    await started(2);
    gate.resolve();
    expect([(await before).isShared, (await after).isShared]).toEqual([false, false]);
    expect(totalOf(await after)).toBe(301);
  });

  test('a push elsewhere changes nothing: other times, other tenants', async () => {
    hold();
    const asked = [store.ask(COUNT, RANGE)];
    await started(1);
    await store.push([entry(100_000), entry(-100_000)]);
    await store.push([entry(100)], 'u');
    asked.push(store.ask(COUNT, RANGE));
    gate.resolve();
    expect((await Promise.all(asked)).map(({ isShared }) => isShared)).toEqual([false, true]);
    expect(store.runs).toHaveLength(1);
  });

  test('a run that waits for its turn has read nothing yet', async () => {
    await close();
    await open({ maxConcurrent: 1 });
    hold();
    const other = store.ask(`${COUNT} * 2`, RANGE);
    await started(1);
    const asked = [store.ask(COUNT, RANGE)];
    await expect.poll(() => store.frontend.inProgress).toBe(2);
    await store.push([entry(590)]);
    asked.push(store.ask(COUNT, RANGE));
    gate.resolve();
    expect((await Promise.all(asked)).map(totalOf)).toEqual([301, 301]);
    expect(store.runs).toHaveLength(2);
    await other;
  });
});

test('waiting ends with query_timeout, from the request on', async () => {
  await close();
  await open({ maxConcurrent: 1, limits: { query_timeout: '50ms' } });
  hold();
  const asked = [store.ask(COUNT, RANGE), store.ask(`${COUNT} * 2`, RANGE)];
  for (const one of asked) await expect(one).rejects.toMatchObject({ code: 'deadline_exceeded' });
  expect(store.runs).toHaveLength(1);
});

test('a worker that dies is replaced, and the query repeated', async () => {
  let deaths = 2;
  store.beforeRun = async () => {
    if (deaths-- > 0) throw new SkaldError('worker_lost', 'dead');
  };
  const answer = await store.ask(COUNT, RANGE);
  expect([totalOf(answer), answer.retries, store.runs.length]).toEqual([300, 2, 3]);
});

test('a query that is wrong or over a limit does not run; the log has it', async () => {
  await expect(store.ask('{', RANGE)).rejects.toMatchObject({ code: 'bad_query' });
  await expect(store.ask('{app="a"}', { ...RANGE, limit: 5001 })).rejects.toMatchObject({ code: 'query_limit' });
  await expect(store.ask('{app="a"}', RANGE, { limits: { max_entries_limit_per_query: 10 } })).rejects.toMatchObject({
    code: 'query_limit',
  });
  expect(store.finished.map(({ expr }) => expr?.kind ?? null)).toEqual([null, 'LogExpr', 'LogExpr']);
  expect(store.runs).toEqual([]);
});

describe('more series than the tenant may have', () => {
  const query = 'count_over_time({app="a"} | pattern "line <n>" [1m])';
  const warning = 'maximum number of series (100) reached for a single query; returning partial results';

  test.each([
    ['without a cache', undefined],
    ['with one', new MemoryCache({ bytesMax: 2 ** 22, itemsMax: 0, ttlMs: 60_000, clock: nodeRuntime.clock })],
  ])('are an error, but to Drilldown, which gets as many as it may (spec fact 210), %s', async (_, cache) => {
    await close();
    await open({ limits: { max_query_series: 100 }, ...(cache === undefined ? {} : { cache }) });
    await expect(store.ask(query, RANGE, { tags: 'Source=grafana' })).rejects.toMatchObject({ code: 'query_limit' });
    for (const tags of ['Source=grafana-lokiexplore-app', 'x=y,source=Grafana-LokiExplore-App']) {
      const { result } = await store.ask(query, RANGE, { tags });
      expect(result.warnings).toEqual([warning]);
      expect(result).toMatchObject({ series: { length: 100 } });
    }
    expect((await store.ask(COUNT, RANGE, { tags: 'Source=grafana-lokiexplore-app' })).result.warnings).toEqual([]);
    await expect(store.ask(query, RANGE)).rejects.toMatchObject({ code: 'query_limit' });
  });
});
