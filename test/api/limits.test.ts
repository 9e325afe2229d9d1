import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';

const SECOND = 1_000_000_000n;
const NOW = BigInt(Date.now()) * 1_000_000n;
const ago = (seconds: number): string => String(NOW - BigInt(seconds) * SECOND);
const HOUR = 3600;
const RANGE = { start: ago(HOUR), end: ago(0) };

/** A tenant for each limit, named like what it tests. */
const OVERRIDES = `
overrides:
  entries: {max_entries_limit_per_query: 10}
  series: {max_query_series: 3}
  length: {max_query_length: 2h}
  range: {max_query_range: 30m}
  labels: {required_labels: [env]}
  few: {minimum_labels_number: 2}
  matchers: {max_streams_matchers_per_query: 1}
  blocked: {blocked_queries: [{pattern: '.*secret.*', regex: true}]}
  bytes: {max_query_bytes_read: 1KB}
  lookback: {max_query_lookback: 30m}
  timeout: {query_timeout: 1ms}
`;

let server: ServerProcess;
let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
let overridesFile: string;

beforeAll(async () => {
  temporary = await temporaryDirectory();
  overridesFile = path.join(temporary.directory, 'overrides.yaml');
  await writeFile(overridesFile, OVERRIDES);
  server = await ServerProcess.start(path.join(temporary.directory, 'data'), [
    '-auth.enabled=true',
    '-querier.multi-tenant-queries-enabled=true',
    `-runtime-config.file=${overridesFile}`,
    '-runtime-config.reload-period=100ms',
  ]);
  const tenants = ['free', 'series', 'bytes', 'lookback', 'timeout'];
  await Promise.all(tenants.map(pushFourStreams));
  await push('timeout', { app: 'many' }, 20_000);
});

afterAll(async () => {
  await server.stop();
  await temporary.remove();
});

async function push(tenant: string, stream: Record<string, string>, count: number): Promise<void> {
  const values = Array.from({ length: count }, (_, i) => [ago(2400 - (i % 2400)), `line ${i} ${'x'.repeat(50)}`]);
  const response = await fetch(`${server.url}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Scope-OrgID': tenant },
    body: JSON.stringify({ streams: [{ stream, values }] }),
  });
  expect(response.status, await response.text()).toBe(204);
}

/** Entries 40 to 20 minutes old. */
async function pushFourStreams(tenant: string): Promise<void> {
  for (const app of ['a', 'b', 'c', 'd']) await push(tenant, { app }, 1200);
}

async function ask(tenant: string, endpoint: string, params: Record<string, string>): Promise<Response> {
  const query = new URLSearchParams({ ...RANGE, ...params }).toString();
  return await fetch(`${server.url}/loki/api/v1/${endpoint}?${query}`, { headers: { 'X-Scope-OrgID': tenant } });
}

const REFUSED: readonly (readonly [tenant: string, endpoint: string, params: Record<string, string>, text: string])[] =
  [
    [
      'entries',
      'query_range',
      { query: '{app="l"}', limit: '11' },
      'max entries limit per query exceeded, limit > max_entries_limit_per_query (11 > 10)',
    ],
    [
      'series',
      'query_range',
      { query: 'count_over_time({app=~".+"}[5m])', step: '60' },
      'maximum number of series (3) reached for a single query; consider reducing query cardinality by adding more specific stream selectors, reducing the time range, or aggregating results with functions like sum(), count() or topk()',
    ],
    [
      'series',
      'query',
      { query: 'count_over_time({app=~".+"}[1h])' },
      'maximum number of series (3) reached for a single query; consider reducing query cardinality by adding more specific stream selectors, reducing the time range, or aggregating results with functions like sum(), count() or topk()',
    ],
    [
      'length',
      'query_range',
      { query: '{app="l"}', start: ago(4 * HOUR) },
      'the query time range exceeds the limit (query length: 4h0m0s, limit: 2h)',
    ],
    ['range', 'query_range', { query: 'rate({app="l"}[45m])' }, '[interval] value exceeds limit: [45m] > [30m]'],
    ['range', 'query', { query: 'count_over_time({app=~".+"}[1h])' }, '[interval] value exceeds limit: [1h] > [30m]'],
    [
      'labels',
      'query_range',
      { query: '{nope="l"}' },
      'stream selector is missing required matchers [env], labels present in the query were [nope]',
    ],
    [
      'few',
      'query_range',
      { query: '{app="l"}' },
      'stream selector has less label matchers than required: (present: [app], number_present: 1, required_number_label_matchers: 2)',
    ],
    [
      'matchers',
      'query_range',
      { query: '{a="1", b="2"}' },
      'max streams matchers per query exceeded, matchers-count > limit (2 > 1)',
    ],
    ['blocked', 'query_range', { query: '{app="l"} |= "secret"' }, 'query blocked by policy'],
    ['blocked', 'query', { query: 'sum(rate({app="l"} |= "secret" [1m]))' }, 'query blocked by policy'],
    [
      'bytes',
      'query_range',
      { query: '{app="a"} |= "x"' },
      'the query would read too many bytes (query: 71 kB, limit: 1.0 kB); consider adding more specific stream selectors or reduce the time range of the query',
    ],
    // Several tenants: the strictest of them (spec fact 208).
    ['free|range', 'query_range', { query: 'rate({app="l"}[45m])' }, '[interval] value exceeds limit: [45m] > [30m]'],
  ];

describe('queries over a limit', () => {
  test.each(REFUSED)('%s: %s %j', async (tenant, endpoint, params, text) => {
    const response = await ask(tenant, endpoint, params);
    expect([response.status, await response.text()]).toEqual([400, text]);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });

  test.each(REFUSED)('%s is no limit of another tenant: %s %j', async (_, endpoint, params) => {
    const response = await ask('free', endpoint, params);
    expect(response.status, await response.text()).toBe(200);
  });

  test('query_timeout', async () => {
    const query = 'sum by (n) (rate({app="many"} | regexp "line (?P<n>[0-9]+)" | n != "7" [1m]))';
    const response = await ask('timeout', 'query_range', { query, step: '1' });
    expect([response.status, await response.text()]).toEqual([504, expect.stringMatching(/^request timed out, /)]);
  });
});

describe('max_query_length of other requests', () => {
  test.each([
    ['labels', {}],
    ['label/app/values', {}],
    ['series', { 'match[]': '{app="a"}' }],
    ['index/stats', { query: '{app="a"}' }],
    ['index/volume', { query: '{app="a"}' }],
  ])('%s', async (endpoint, params) => {
    const response = await ask('length', endpoint, { ...params, start: ago(4 * HOUR) });
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringMatching(/^the query time range exceeds the limit \(query length: 4h0m0/),
    ]);
  });
});

describe('max_query_lookback', () => {
  const times = async (tenant: string, params: Record<string, string>): Promise<number[]> => {
    const response = await ask(tenant, 'query_range', { query: '{app="a"}', limit: '5000', ...params });
    const { data } = (await response.json()) as { data: { result: { values: [string, string][] }[] } };
    return data.result.flatMap(({ values }) => values.map(([ns]) => Number((NOW - BigInt(ns)) / SECOND)));
  };

  test('what is older is not there', async () => {
    expect(await times('free', {})).toHaveLength(1200);
    const seen = await times('lookback', {});
    expect(Math.max(...seen)).toBeLessThanOrEqual(1800);
    // The test takes a while: some seconds more are out of reach by now.
    expect(Math.max(...seen)).toBeGreaterThan(1700);
  });

  test('a query wholly in the past has an empty answer', async () => {
    const past = { start: ago(2 * HOUR), end: ago(HOUR - 1300) };
    expect(await times('free', past)).not.toEqual([]);
    expect(await times('lookback', past)).toEqual([]);
    for (const endpoint of ['labels', 'label/app/values']) {
      expect(await (await ask('lookback', endpoint, past)).json()).toEqual({ status: 'success' });
    }
    const stats = await (await ask('lookback', 'index/stats', { query: '{app="a"}', ...past })).json();
    expect(stats).toEqual({ streams: 0, chunks: 0, bytes: 0, entries: 0 });
    const volume = await ask('lookback', 'index/volume_range', { query: '{app="a"}', step: '300', ...past });
    expect(await volume.json()).toMatchObject({ data: { result: [] } });
  });
});

/** In one step, as tools that write configuration do: a file half written is a file as well. */
async function replaceOverrides(text: string): Promise<void> {
  await writeFile(`${overridesFile}.new`, text);
  await rename(`${overridesFile}.new`, overridesFile);
}

test('a new file holds without a restart, a broken one does not', async () => {
  const query = { query: '{app="l"}', limit: '11' };
  const status = async () => (await ask('live', 'query_range', query)).status;
  const metric = async () =>
    /^loki_runtime_config_last_reload_successful (\d)$/m.exec(await (await fetch(`${server.url}/metrics`)).text())?.[1];
  expect(await status()).toBe(200);
  await replaceOverrides(`${OVERRIDES}  live: {max_entries_limit_per_query: 10}\n`);
  await expect.poll(status, { timeout: 5000 }).toBe(400);

  await replaceOverrides(`${OVERRIDES}  live: {max_entries: 11}\n`);
  await expect.poll(metric, { timeout: 5000 }).toBe('0');
  expect(await status()).toBe(400);
  expect(server.log.join('')).toContain('unknown key \\"overrides.live.max_entries\\"');

  await replaceOverrides(OVERRIDES);
  await expect.poll(status, { timeout: 5000 }).toBe(200);
  expect(await metric()).toBe('1');
});
