import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LogStream } from '../support/loki-client.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';

const SECOND = 1_000_000_000n;
const NOW = 1_768_471_200n * SECOND;
const RANGE = { start: String(NOW - 3600n * SECOND), end: String(NOW + 60n * SECOND) };
const at = (secondsAgo: bigint): string => String(NOW - secondsAgo * SECOND);

let server: ServerProcess;
let single: ServerProcess;
let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let temporarySingle: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeAll(async () => {
  temporary = await temporaryDirectory();
  temporarySingle = await temporaryDirectory();
  server = await ServerProcess.start(temporary.directory, [
    '-auth.enabled=true',
    '-querier.multi-tenant-queries-enabled=true',
  ]);
  single = await ServerProcess.start(temporarySingle.directory, ['-auth.enabled=true']);
  await push('t1', { app: 'a', env: 'one' }, [[at(1n), 'status=500 from t1']]);
  await push('t2', { app: 'a', __tenant_id__: 'own' }, [[String(NOW - SECOND - SECOND / 2n), 'from t2']]);
  // One part of t1 in a chunk, the other in the head.
  expect((await fetch(`${server.url}/flush`, { method: 'POST' })).status).toBe(204);
  await push('t1', { app: 'a', env: 'one' }, [[at(2n), 'from t1']]);
});

afterAll(async () => {
  await Promise.all([server.stop(), single.stop()]);
  await Promise.all([temporary.remove(), temporarySingle.remove()]);
});

const tenantHeader = (tenant: string | null): Record<string, string> =>
  tenant === null ? {} : { 'X-Scope-OrgID': tenant };

async function sendPush(tenant: string | null, stream: Record<string, string>, values: [string, string][]) {
  return await fetch(`${server.url}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...tenantHeader(tenant) },
    body: JSON.stringify({ streams: [{ stream, values }] }),
  });
}

async function push(tenant: string, stream: Record<string, string>, values: [string, string][]): Promise<void> {
  const response = await sendPush(tenant, stream, values);
  expect([response.status, await response.text()]).toEqual([204, '']);
}

async function ask(tenant: string | null, path: string, params: Record<string, string> = {}, url = server.url) {
  const query = new URLSearchParams({ ...RANGE, ...params }).toString();
  return await fetch(`${url}/loki/api/v1/${path}?${query}`, { headers: tenantHeader(tenant) });
}

/** The `data` member of a successful answer; undefined where Loki leaves it out. */
async function data<T>(tenant: string, path: string, params: Record<string, string> = {}): Promise<T | undefined> {
  const response = await ask(tenant, path, params);
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return (JSON.parse(text) as { data?: T }).data;
}

async function streams(tenant: string, query: string): Promise<LogStream[]> {
  return (await data<{ result: LogStream[] }>(tenant, 'query_range', { query }))?.result ?? [];
}

const plain = (text: string, status: number) => ({ status, text, type: 'text/plain; charset=utf-8' });
const read = async (response: Response) => ({
  status: response.status,
  text: await response.text(),
  type: response.headers.get('content-type'),
});

describe('push', () => {
  test.each([
    ['no tenant', null, plain('no org id\n', 401)],
    ['empty', '', plain('no org id\n', 401)],
    ['dot', '.', plain("tenant ID is '.' or '..'\n", 400)],
    ['dotdot', '..', plain("tenant ID is '.' or '..'\n", 400)],
    ['slash', 'a/b', plain("tenant ID 'a/b' contains unsupported character '/'\n", 400)],
    ['space', 'a b', plain("tenant ID 'a b' contains unsupported character ' '\n", 400)],
    ['percent', '%C3%A4', plain("tenant ID '%C3%A4' contains unsupported character '%'\n", 400)],
    ['151 characters', 'x'.repeat(151), plain('tenant ID is too long: max 150 characters\n', 400)],
    ['two tenants', 't1|t2', plain('multiple org IDs present\n', 400)],
    ['one tenant as a list', 't1|', plain('multiple org IDs present\n', 400)],
  ])('%s', async (_, tenant, answer) => {
    expect(await read(await sendPush(tenant, { app: 'a' }, [[at(1n), 'hello']]))).toEqual(answer);
  });

  test.each(["a!-_.*'()9", 'x'.repeat(150)])('%s is a tenant', async (tenant) => {
    await push(tenant, { app: 'a' }, [[at(1n), 'hello']]);
    expect(await data(tenant, 'labels')).toEqual(['app', 'service_name']);
  });
});

const ENDPOINTS: readonly (readonly [path: string, params: Record<string, string>])[] = [
  ['query_range', { query: '{app="a"}' }],
  ['query_range', { query: '{app="a"}', start: 'nonsense' }],
  ['query', { query: 'sum(rate({app="a"}[1m]))' }],
  ['labels', {}],
  ['label/app/values', {}],
  ['series', {}],
  ['index/stats', { query: '{app="a"}' }],
  ['index/volume', { query: '{app="a"}' }],
  ['index/volume_range', { query: '{app="a"}' }],
  ['detected_labels', {}],
  ['detected_fields', { query: '{app="a"}' }],
];

test.each(ENDPOINTS)('%s %j needs a tenant', async (path, params) => {
  expect(await read(await ask(null, path, params))).toEqual(plain('no org id\n', 401));
  expect((await ask('a/b', path, params)).status).toBe(400);
});

test.each(ENDPOINTS.filter(([, { start }]) => start === undefined))(
  '%s takes one tenant unless several are allowed',
  async (path, params) => {
    const refused = await read(await ask('t1|t2', path, params, single.url));
    expect(refused).toEqual(plain('multiple org IDs present', 400));
    expect((await ask('t1', path, params, single.url)).status).toBe(200);
  },
);

const T1 = { app: 'a', detected_level: 'unknown', env: 'one', service_name: 'a' };
const T1_VALUES = [
  [at(1n), 'status=500 from t1'],
  [at(2n), 'from t1'],
];
const T2 = { app: 'a', detected_level: 'unknown', service_name: 'a' };
const T2_VALUES = [[String(NOW - SECOND - SECOND / 2n), 'from t2']];
const FROM_T1 = { stream: { ...T1, __tenant_id__: 't1' }, values: T1_VALUES };
const FROM_T2 = { stream: { ...T2, __tenant_id__: 't2', original___tenant_id__: 'own' }, values: T2_VALUES };

describe('logs', () => {
  test.each([
    ['t1', '{app="a"}', [{ stream: T1, values: T1_VALUES }]],
    ['t2', '{app="a"}', [{ stream: { ...T2, __tenant_id__: 'own' }, values: T2_VALUES }]],
    ['t3', '{app="a"}', []],
    ['t1|t2', '{app="a"}', [FROM_T1, FROM_T2]],
    ['t2|t1|t1', '{app="a"}', [FROM_T1, FROM_T2]],
    ['t1|', '{app="a"}', [FROM_T1]],
    ['t1|t2', '{app="a", __tenant_id__="t1"}', [FROM_T1]],
    ['t1|t2', '{app="a", __tenant_id__=~"t2|t9"}', [FROM_T2]],
    ['t1|t2', '{app="a", __tenant_id__!="t2"}', [FROM_T1]],
    ['t1|t2', '{app="a", __tenant_id__="t9"}', []],
    ['t1|t2', '{app="a", original___tenant_id__="own"}', [FROM_T2]],
    ['t1|t2', '{app="a"} | __tenant_id__="t2"', [FROM_T2]],
  ])('%s %s', async (tenant, query, result) => {
    expect(await streams(tenant, query)).toEqual(result);
  });
});

test('samples can be grouped by tenant', async () => {
  const query = 'sum by (__tenant_id__) (count_over_time({app="a"}[1h]))';
  const answer = await data<{ result: unknown }>('t1|t2', 'query', { query, time: String(NOW) });
  expect(answer?.result).toEqual([
    { metric: { __tenant_id__: 't1' }, value: [Number(NOW / SECOND), '2'] },
    { metric: { __tenant_id__: 't2' }, value: [Number(NOW / SECOND), '1'] },
  ]);
});

describe('labels', () => {
  test.each([
    ['t1', 'labels', ['app', 'env', 'service_name']],
    ['t2', 'labels', ['__tenant_id__', 'app', 'service_name']],
    ['t1|t2', 'labels', ['__tenant_id__', 'app', 'env', 'service_name']],
    ['t1|', 'labels', ['__tenant_id__', 'app', 'env', 'service_name']],
    ['t3', 'labels', undefined],
    ['t1|t2', 'label/__tenant_id__/values', ['t1', 't2']],
    ['t1', 'label/__tenant_id__/values', undefined],
    ['t2', 'label/__tenant_id__/values', ['own']],
    ['t1|t2', 'label/env/values', ['one']],
  ])('%s %s', async (tenant, path, names) => {
    expect(await data(tenant, path)).toEqual(names);
  });
});

test('series keep a tenant label of their own', async () => {
  expect(await data('t1|t2', 'series', { 'match[]': '{app="a"}' })).toEqual([
    { __tenant_id__: 'own', app: 'a', service_name: 'a' },
    { __tenant_id__: 't1', app: 'a', env: 'one', service_name: 'a' },
  ]);
});

test('statistics and volumes are those of all tenants', async () => {
  const query = '{app="a"}';
  type Stats = Record<'streams' | 'chunks' | 'bytes' | 'entries', number>;
  const stats = async (tenant: string) => (await (await ask(tenant, 'index/stats', { query })).json()) as Stats;
  const [t1, t2, both] = [await stats('t1'), await stats('t2'), await stats('t1|t2')];
  expect(both).toEqual({
    streams: 2,
    chunks: t1.chunks + t2.chunks,
    bytes: t1.bytes + t2.bytes,
    entries: 3,
  });
  const volume = await data<{ result: { metric: Record<string, string> }[] }>('t1|t2', 'index/volume', {
    query,
    targetLabels: '__tenant_id__',
  });
  expect(volume?.result.map(({ metric }) => metric['__tenant_id__']).sort()).toEqual(['t1', 't2']);
});

const withTenant = (stream: Record<string, string>, tenant: string): Record<string, string> => ({
  ...stream,
  __tenant_id__: tenant,
});

test('late and repeated entries are those of each tenant alone', async () => {
  const tenants = ['late1', 'late2'];
  const entry = (i: number): [string, string] => [at(BigInt(i)), `line ${i}`];
  const pushes: readonly [streams: readonly string[], from: number, to: number][] = [
    [['a', 'b'], 0, 50],
    // Again, after a flush, and older ones that lie between those of the chunk.
    [['a'], 20, 80],
    [['b', 'c'], 40, 60],
  ];
  for (const [apps, from, to] of pushes) {
    for (const [t, tenant] of tenants.entries()) {
      const values = Array.from({ length: to - from }, (_, i) => entry(from + i + 5 * t));
      for (const app of apps) await push(tenant, { app: `late-${app}` }, values);
    }
    expect((await fetch(`${server.url}/flush`, { method: 'POST' })).status).toBe(204);
  }
  await push('late1', { app: 'late-a' }, [entry(10), entry(1000)]);

  const query = '{app=~"late-.*"}';
  const all = async (tenant: string) =>
    (await data<{ result: LogStream[] }>(tenant, 'query_range', { query, limit: '5000' }))?.result ?? [];
  const own = await Promise.all(
    tenants.map(async (tenant) =>
      (await all(tenant)).map(({ stream, values }) => ({ stream: withTenant(stream, tenant), values })),
    ),
  );
  const [first = [], second = []] = own;
  expect(first.find(({ stream }) => stream['app'] === 'late-a')?.values).toHaveLength(81);
  expect(second.find(({ stream }) => stream['app'] === 'late-a')?.values).toHaveLength(80);
  expect(await all('late1|late2')).toEqual([...first, ...second]);

  const counts = await data<{ result: { metric: object; value: [number, string] }[] }>('late1|late2', 'query', {
    query: `sum by (__tenant_id__) (count_over_time(${query}[1h]))`,
    time: String(NOW),
  });
  const sizes = own.map((streams) => String(streams.reduce((sum, { values }) => sum + values.length, 0)));
  expect(counts?.result.map(({ value: [, count] }) => count)).toEqual(sizes);
});
