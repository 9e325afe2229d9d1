import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import type { IncomingMessage } from 'node:http';
import { beforeAll, describe, expect, test } from 'vitest';
import { get, push } from '../support/loki-client.ts';
import { ServerForTests } from '../support/server-for-tests.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';

const server = new ServerForTests();

beforeAll(async () => {
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  const values = Array.from({ length: 100 }, (_, i) => [String(nowNs - BigInt(i)), `level=info line ${i}`] as const);
  expect((await push(server.url, { app: 'a' }, values)).status).toBe(204);
});

/** The bytes as they came, not decoded. */
async function raw(url: string, path: string, headers: Record<string, string>) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(`${url}${path}`, { headers }, resolve).on('error', reject).end();
  });
  return { response, body: await buffer(response) };
}

const QUERY = `/loki/api/v1/query_range?${new URLSearchParams({ query: '{app="a"}' }).toString()}`;

describe('gzip', () => {
  test('for clients that accept it', async () => {
    const plain = await raw(server.url, QUERY, {});
    expect(plain.response.headers['content-encoding']).toBeUndefined();
    const packed = await raw(server.url, QUERY, { 'Accept-Encoding': 'br, gzip' });
    expect(packed.response.headers['content-encoding']).toBe('gzip');
    expect(packed.response.headers['content-type']).toBe('application/json; charset=UTF-8');
    expect(packed.body.length).toBeLessThan(plain.body.length / 2);
    const result = (body: Buffer) => (JSON.parse(body.toString()) as { data: { result: unknown } }).data.result;
    expect(result(gunzipSync(packed.body))).toEqual(result(plain.body));
  });

  test('compressed pushes are still decoded by their own rules', async () => {
    const response = await fetch(`${server.url}/loki/api/v1/push`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'br' },
      body: '{}',
    });
    expect([response.status, await response.text()]).toEqual([400, 'Content-Encoding "br" not supported\n']);
  });

  test('can be switched off', async () => {
    const other = await temporaryDirectory();
    const without = await ServerProcess.start(other.directory, ['-querier.compress-http-responses=false']);
    const { response } = await raw(without.url, '/metrics', { 'Accept-Encoding': 'gzip' });
    expect(response.headers['content-encoding']).toBeUndefined();
    await without.stop();
    await other.remove();
  });
});

test('Server-Timing says where the time went', async () => {
  const response = await get(server.url, '/loki/api/v1/query_range', { query: '{app="a"}' });
  expect(response.headers.get('server-timing')).toMatch(
    /^queue;dur=[\d.]+, cache;dur=[\d.]+, plan;dur=[\d.]+, lookup;dur=[\d.]+, exec;dur=[\d.]+, total;dur=[\d.]+$/,
  );
});

describe('the query log', () => {
  const lineWith = async (text: string): Promise<string> => {
    const find = () =>
      server.log
        .join('')
        .split('\n')
        .find((line) => line.includes(text) && line.includes('caller=metrics.go')) ?? '';
    await expect.poll(find).not.toBe('');
    return find();
  };

  test('has a line for each query, with the tags of the client', async () => {
    const params = new URLSearchParams({ query: '{app="a"} |= "line 1"', start: '1', end: '3601', limit: '7' });
    await fetch(`${server.url}/loki/api/v1/query_range?${params.toString()}`, {
      headers: { 'X-Query-Tags': 'Source=grafana,Panel=a;b,latency=none' },
    });
    const line = await lineWith('source=grafana');
    for (const field of [
      'level=info',
      'org_id=fake',
      'latency=fast',
      String.raw`query="{app=\"a\"} |= \"line 1\""`,
      'query_type=filter',
      'range_type=range',
      'length=1h0m0s',
      'step=14s',
      'status=200',
      'limit=7',
      'returned_lines=0',
      'panel=a_b',
    ]) {
      expect(line).toContain(` ${field}`);
    }
    expect(line).toMatch(/ query_hash=\d+ .* duration=[\d.]+[mµ]?s .* throughput=\S+B total_bytes=\S+B /);
    expect(line).not.toContain('latency=none');
  });

  test('counts what was read and returned', async () => {
    await get(server.url, '/loki/api/v1/query', { query: 'sum(count_over_time({app="a"}[5m]))' });
    const line = await lineWith('count_over_time');
    expect(line).toContain(' query_type=metric range_type=instant ');
    expect(line).toContain(' total_lines=100 ');
    await get(server.url, '/loki/api/v1/query_range', { query: '{app="a"} | logfmt' });
    expect(await lineWith('logfmt')).toContain(' returned_lines=100 ');
  });

  test('says why a query failed', async () => {
    await get(server.url, '/loki/api/v1/query_range', { query: '{broken=' });
    expect(await lineWith('broken')).toMatch(/query_type=unknown .*status=400 .*err="parse error at line 1, col 9/);
  });

  test('counts queries by type', async () => {
    const metrics = await (await get(server.url, '/metrics')).text();
    expect(metrics).toMatch(
      /loki_logql_querystats_latency_seconds_count\{type="metric",range="instant",status_code="200"/,
    );
  });
});
