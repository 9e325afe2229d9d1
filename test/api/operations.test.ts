import { describe, expect, test } from 'vitest';
import { get, push } from '../support/loki-client.ts';
import { ServerForTests } from '../support/server-for-tests.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';

const server = new ServerForTests();

const text = async (path: string) => await (await fetch(`${server.url}${path}`)).text();
const post = async (path: string, body = '', method = 'POST') =>
  await fetch(`${server.url}${path}`, {
    method,
    ...(body === '' ? {} : { body, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }),
  });

test('/services', async () => {
  const response = await get(server.url, '/services');
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(await response.text()).toBe(
    ['server', 'store', 'ingester', 'distributor', 'querier', 'query-scheduler', 'query-frontend', 'ruler']
      .map((name) => `${name} => Running\n`)
      .join(''),
  );
});

test('/log_level says, sets and refuses', async () => {
  expect(await (await get(server.url, '/log_level')).json()).toEqual({ message: 'Current log level is info' });
  const set = await post('/log_level', 'log_level=debug');
  expect([set.status, await set.json()]).toEqual([200, { status: 'success', message: 'Log level set to debug' }]);
  await text('/ready');
  await expect.poll(() => server.log.join('')).toMatch(/level=debug .*path=\/ready/);
  const bad = await post('/log_level', 'log_level=loud');
  expect([bad.status, await bad.json()]).toEqual([400, { status: 'failed', message: 'unrecognized log level "loud"' }]);
  await post('/log_level', 'log_level=info');
  expect(await text('/log_level')).toContain('is info');
});

test('/ring is one instance, JSON on request', async () => {
  const response = await fetch(`${server.url}/ring`, { headers: { Accept: 'application/json' } });
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toEqual({
    shards: [expect.objectContaining({ id: 'ingester', state: 'ACTIVE', address: '127.0.0.1:0', tokens: [] })],
    now: expect.stringMatching(/^20.*Z$/) as string,
  });
  for (const [ring, service] of [
    ['distributor', 'distributor'],
    ['indexgateway', 'index-gateway'],
    ['scheduler', 'query-scheduler'],
    ['pattern', 'pattern-ingester'],
  ]) {
    expect(await text(`/${ring}/ring`)).toContain(`<h1>${service} ring</h1>`);
  }
  expect((await post('/ring', 'forget=x')).status).toBe(400);
});

test('/config: all, defaults, what differs', async () => {
  expect(await text('/config')).toContain(`path_prefix: ${server.directory}`);
  expect(await text('/config?mode=defaults')).toContain('path_prefix: ./data');
  expect(await text('/config?mode=diff')).toBe(
    `server:\n  http_listen_address: 127.0.0.1\n  http_listen_port: 0\n  grpc_listen_port: 0\ncommon:\n  path_prefix: ${server.directory}\n`,
  );
});

test('limits of the tenant, and those that Drilldown may know', async () => {
  const yaml = await text('/config/tenant/v1/limits');
  expect(yaml).toContain('discover_service_name:\n- service\n- app\n');
  expect(yaml).toContain('\nmax_query_length: 30d1h\n');
  expect(yaml).not.toContain('ingestion_rate_mb');
  const response = await get(server.url, '/loki/api/v1/drilldown-limits');
  expect(response.headers.get('content-type')).toBe('application/json');
  const body = (await response.json()) as { limits: Record<string, unknown> };
  expect(body).toMatchObject({ pattern_ingester_enabled: true, version: '3.7.6' });
  expect(body.limits).toMatchObject({
    discover_log_levels: true,
    max_entries_limit_per_query: 5000,
    max_line_size_truncate: false,
    max_query_bytes_read: '0B',
    max_query_length: '30d1h',
    max_query_series: 500,
    volume_enabled: true,
  });
  expect(body.limits).not.toHaveProperty('ingestion_rate_mb');
});

describe('shutting down the ingester', () => {
  test('prepare_shutdown is set and unset', async () => {
    expect(await text('/ingester/prepare_shutdown')).toBe('unset');
    expect((await post('/ingester/prepare_shutdown')).status).toBe(204);
    expect(await text('/ingester/prepare_shutdown')).toBe('set');
    expect((await post('/ingester/prepare_shutdown', '', 'DELETE')).status).toBe(204);
    expect(await text('/ingester/prepare_shutdown')).toBe('unset');
  });

  test('the ingester alone: flushed, no more pushes, queries go on', async () => {
    const value = (): [string, string] => [`${Date.now()}000000`, 'kept'];
    expect((await push(server.url, { app: 'a' }, [value()])).status).toBe(204);
    expect((await post('/ingester/shutdown?terminate=false')).status).toBe(204);
    expect((await push(server.url, { app: 'a' }, [value()])).status).toBe(503);
    const ready = await get(server.url, '/ready');
    expect([ready.status, await ready.text()]).toEqual([503, 'Ingester not ready: it was shut down\n']);
    expect(await text('/services')).toContain('ingester => Stopping');
    expect(await text('/metrics')).toContain('\nskald_ingester_flushed_entries_total 1\n');
    const answer = await get(server.url, '/loki/api/v1/query_range', { query: '{app="a"}' });
    expect(await answer.text()).toContain('kept');
    expect((await post('/ingester/shutdown')).status).toBe(503);
  });

  test('with the process', async () => {
    const other = await temporaryDirectory();
    const ending = await ServerProcess.start(other.directory);
    const ended = new Promise((resolve) => ending.child.once('exit', resolve));
    expect((await fetch(`${ending.url}/ingester/shutdown`, { method: 'POST' })).status).toBe(204);
    expect(await ended).toBe(0);
    await other.remove();
  });
});
