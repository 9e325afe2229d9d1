import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { push } from '../support/loki-client.ts';
import { hasRedis, RedisServer } from '../support/redis-server.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';

const MINUTE_S = 60;
const HOUR_S = 3600;
/** Two hours ago, so that all of it is old enough to be cached. */
const START_S = Math.floor(Date.now() / 1000 / HOUR_S) * HOUR_S - 2 * HOUR_S;
/** A busy machine takes its time. */
const POLL = { timeout: 20_000 };
const APPS = ['a', 'b', 'c', 'd', 'e'];

const temporaries: (() => Promise<void>)[] = [];
const servers: ServerProcess[] = [];

async function start(...args: string[]): Promise<ServerProcess> {
  const { directory, remove } = await temporaryDirectory();
  temporaries.push(remove);
  return await startIn(directory, ...args);
}

async function startIn(directory: string, ...args: string[]): Promise<ServerProcess> {
  const server = await ServerProcess.start(directory, args);
  servers.push(server);
  return server;
}

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await Promise.all(temporaries.map((remove) => remove()));
});

const ns = (second: number): string => `${second}000000000`;

/** An entry of each app every second, for an hour. */
async function load(url: string): Promise<void> {
  for (const app of APPS) {
    const values = Array.from({ length: HOUR_S }, (_, i) => {
      const line = `level=${i % 7 === 0 ? 'error' : 'info'} n=${i} path=/item/${i % 50} app=${app}`;
      return [ns(START_S + i), line] as const;
    });
    expect((await push(url, { app }, values)).status).toBe(204);
  }
}

interface Asked {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

async function ask(url: string, params: Record<string, string>, headers: Record<string, string> = {}): Promise<Asked> {
  const range = { start: ns(START_S), end: ns(START_S + HOUR_S), step: String(MINUTE_S) };
  const response = await fetch(
    `${url}/loki/api/v1/query_range?${new URLSearchParams({ ...range, ...params }).toString()}`,
    { headers },
  );
  return { status: response.status, text: await response.text(), headers: response.headers };
}

async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

interface Answer {
  readonly data: {
    readonly result: unknown;
    readonly stats: {
      readonly summary: { readonly splits: number; readonly totalLinesProcessed: number };
      readonly cache: { readonly result: Record<string, number> };
    };
  };
}
const answerOf = ({ text }: Asked): Answer => JSON.parse(text) as Answer;

/** With the cache, who comes when a panel has been run already gets its answer as well. */
describe.each([
  ['without the results cache', 'false', 250],
  ['with the results cache', 'true', 100],
])('a dashboard of 50 panels, opened by 10 users at once, %s', (_, cacheResults, runsMax) => {
  const PANELS = APPS.flatMap((app) =>
    Array.from({ length: 10 }, (_, i) => `sum by (level) (rate({app="${app}"} |= "item/${i}" | logfmt [${i + 1}m]))`),
  );
  const USERS = 10;

  test('nobody is refused, and panels are run far less often than asked for', { timeout: 120_000 }, async () => {
    const server = await start(`-querier.cache-results=${cacheResults}`);
    await load(server.url);
    const asked = await Promise.all(
      PANELS.flatMap((query) => Array.from({ length: USERS }, () => ask(server.url, { query }))),
    );
    expect(asked.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
    const results = asked.map((one) => JSON.stringify(answerOf(one).data.result));
    PANELS.forEach((query, panel) => {
      const answers = new Set(results.slice(panel * USERS, (panel + 1) * USERS));
      expect(answers.size, query).toBe(1);
    });
    const runs = await metric(server.url, 'skald_query_frontend_runs_total');
    const shared = await metric(server.url, 'skald_query_frontend_shared_total');
    console.info(`${asked.length} requests, ${runs} runs`);
    if (cacheResults === 'false') expect(runs + shared).toBe(USERS * PANELS.length);
    expect(runs).toBeGreaterThanOrEqual(PANELS.length);
    expect(runs).toBeLessThan(runsMax);
    expect(await metric(server.url, 'loki_query_scheduler_discarded_requests_total')).toBe(0);
    expect(await metric(server.url, 'loki_query_scheduler_queue_length')).toBe(0);
    expect(await metric(server.url, 'loki_query_frontend_queries_in_progress')).toBe(0);
  });
});

describe('limits of the queue', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await start(
      '-querier.max-concurrent=1',
      '-query-scheduler.max-outstanding-requests-per-tenant=1',
      '-querier.per-request-limits-enabled=true',
      '-frontend.log-queries-longer-than=-1s',
    );
    await load(server.url);
  });

  test('more than may wait are refused with 429', async () => {
    const queries = Array.from(
      { length: 40 },
      (_, i) => `sum by (n) (rate({app=~".+"} | regexp "n=(?P<n>\\\\d)" [${i + 1}m]))`,
    );
    const asked = await Promise.all(queries.map((query) => ask(server.url, { query })));
    const refused = asked.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused.map(({ text }) => text))).toEqual(new Set(['too many outstanding requests']));
    expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([200, 429]));
    expect(await metric(server.url, 'loki_query_scheduler_discarded_requests_total')).toBe(refused.length);
  });

  test('X-Loki-Query-Limits', async () => {
    const query = '{app="a"}';
    const limited = await ask(server.url, { query }, { 'X-Loki-Query-Limits': '{"maxQueryLength":"30m"}' });
    expect([limited.status, limited.text]).toEqual([
      400,
      'the query time range exceeds the limit (query length: 1h0m0s, limit: 30m)',
    ]);
    const broken = await ask(server.url, { query }, { 'X-Loki-Query-Limits': '{"maxQueryLength":' });
    expect(broken.status).toBe(200);
    await expect.poll(() => server.log.join(''), POLL).toContain('could not extract query limits from header');
  });

  test('a slow query is told with its parameters', async () => {
    const query = '{app="a"} |= "told"';
    await ask(server.url, { query, limit: '7' });
    const find = () =>
      server.log
        .join('')
        .split('\n')
        .find((line) => line.includes('slow query detected') && line.includes('told'));
    await expect.poll(find, POLL).toMatch(/org_id=fake time_taken=\S+ param_query="\{app=.*param_limit=7/);
  });
});

/** The same with both kinds of store. */
describe.each([
  ['memory', () => Promise.resolve(null)],
  ...(hasRedis() ? [['Redis', () => RedisServer.start()] as const] : []),
] as const)('the results cache in %s', (kind, startRedis) => {
  const QUERY = 'sum by (app) (count_over_time({app=~".+"} |= "error" [5m]))';
  let redis: RedisServer | null;
  let server: ServerProcess;
  let args: string[];
  let directory: string;

  beforeAll(async () => {
    redis = await startRedis();
    args = ['-querier.cache-results=true', ...(redis === null ? [] : [`-frontend.redis.endpoint=${redis.endpoint}`])];
    const temporary = await temporaryDirectory();
    temporaries.push(temporary.remove);
    directory = temporary.directory;
    server = await startIn(directory, ...args);
    await load(server.url);
    expect((await fetch(`${server.url}/flush`, { method: 'POST' })).status).toBe(204);
  });
  afterAll(async () => await redis?.stop());

  const linesOf = (asked: Asked): number => answerOf(asked).data.stats.summary.totalLinesProcessed;

  test('answers the second time, and says so', async () => {
    const first = await ask(server.url, { query: QUERY });
    expect(linesOf(first)).toBeGreaterThan(0);
    const missing = async (): Promise<number> => {
      const again = await ask(server.url, { query: QUERY });
      expect(answerOf(again).data.result).toEqual(answerOf(first).data.result);
      // An hour lies in one entry or in two: windows count from the epoch.
      const { entriesFound = 0, entriesRequested = 0 } = answerOf(again).data.stats.cache.result;
      return entriesRequested - entriesFound;
    };
    await expect.poll(missing, POLL).toBe(0);
    const cached = await ask(server.url, { query: QUERY });
    expect(linesOf(cached)).toBe(0);
    expect(answerOf(cached).data.stats).toMatchObject({
      summary: { splits: 0 },
      cache: { result: { requests: 1, queryLengthServed: 61 * 60 * 1e9 } },
    });
    expect(cached.headers.get('server-timing')).toMatch(/cache;dur=\d/);
    expect(await metric(server.url, 'loki_cache_hits')).toBeGreaterThan(0);
    expect(await metric(server.url, 'loki_cache_fetched_keys')).toBeGreaterThan(0);
    await expect
      .poll(() => server.log.join(''), POLL)
      .toMatch(
        /component=frontend .*splits=0 .*cache_result_req=(\d) cache_result_hit=\1 \S+ cache_result_query_length_served=1h1m0s/,
      );
  });

  test('Cache-Control: no-cache', async () => {
    expect(linesOf(await ask(server.url, { query: QUERY }, { 'Cache-Control': 'no-cache' }))).toBeGreaterThan(0);
  });

  test('late entries are in the next answer', async () => {
    const counted = async (): Promise<number> => {
      const { result } = answerOf(await ask(server.url, { query: `sum(${QUERY})` })).data as {
        result: { values: [number, string][] }[];
      };
      return result.flatMap(({ values }) => values).reduce((sum, [, value]) => sum + Number(value), 0);
    };
    const before = await counted();
    expect((await push(server.url, { app: 'late' }, [[ns(START_S + 1800), 'error']])).status).toBe(204);
    // It is in the windows of five steps; at 1800 s, which is a step, among them.
    expect(await counted()).toBe(before + 5);
  });

  test('after a restart', async () => {
    expect((await fetch(`${server.url}/flush`, { method: 'POST' })).status).toBe(204);
    const before = await ask(server.url, { query: QUERY });
    await server.stop();
    server = await startIn(directory, ...args);
    const after = await ask(server.url, { query: QUERY });
    expect(answerOf(after).data.result).toEqual(answerOf(before).data.result);
    if (kind === 'Redis') expect(linesOf(after)).toBe(0);
  });

  if (kind !== 'Redis') return;
  test('without Redis, queries run', async () => {
    await redis?.stop();
    const answer = await ask(server.url, { query: QUERY });
    expect([answer.status, linesOf(answer) > 0]).toEqual([200, true]);
    await expect.poll(() => server.log.join(''), POLL).toContain('the results cache does not answer');
  });
});

test('a wrong address of Redis is a wrong configuration', async () => {
  await expect(start('-frontend.redis.endpoint=redis://x')).rejects.toThrow(/expected one address, host:port/);
});
