import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { get, push } from '../support/loki-client.ts';
import { ServerForTests } from '../support/server-for-tests.ts';

const server = new ServerForTests();

async function metrics(): Promise<string> {
  return await (await get(server.url, '/metrics')).text();
}

test('pushes, queries and refusals are counted under the names of Loki', async () => {
  const now = String(BigInt(Date.now()) * 1_000_000n);
  expect((await push(server.url, { app: 'x' }, [[now, 'hello']])).status).toBe(204);
  expect((await push(server.url, { app: 'x' }, [[now, 'hello']])).status).toBe(204);
  expect((await push(server.url, { app: 'x' }, [[now, 'y'.repeat(300_000)]])).status).toBe(400);
  expect((await get(server.url, '/loki/api/v1/label/app/values')).status).toBe(200);
  const text = await metrics();
  for (const line of [
    'loki_distributor_lines_received_total{tenant="fake",policy="",is_internal_stream="false",format="loki"} 3',
    'loki_discarded_samples_total{tenant="fake",policy="",reason="line_too_long",retention_hours="0",format="loki"} 1',
    '# TYPE loki_ingester_wal_duplicate_entries_total counter',
    'loki_ingester_wal_duplicate_entries_total 1',
    'loki_ingester_memory_streams{tenant="fake"} 1',
    'loki_ingester_memory_chunks 1',
    'loki_distributor_ingester_appends_total{ingester="ingester"} 2',
    'loki_bytes_per_line_bucket{le="8"} 2',
    'loki_bytes_per_line_sum 10',
    'loki_bytes_per_line_count 2',
    'loki_panic_total 0',
    'loki_request_message_bytes_count{method="POST",route="loki_api_v1_push"} 3',
    'loki_request_duration_seconds_count{method="POST",route="loki_api_v1_push",status_code="204",ws="false"} 2',
    'loki_request_duration_seconds_count{method="GET",route="loki_api_v1_label_name_values",status_code="200",ws="false"} 1',
  ]) {
    expect(text).toContain(line);
  }
  expect(text).toMatch(/^process_cpu_user_seconds_total \d/m);
});

test('every name of docs/metrics.md is there', async () => {
  const page = await readFile(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
  const [, there = ''] = page.split('\n| of | metrics |\n');
  const names = there.split('\n\n')[0]?.match(/\bl\w+_\w+/g) ?? [];
  expect(names.length).toBeGreaterThan(35);
  const text = await metrics();
  expect(names.filter((name) => !text.includes(`# TYPE ${name} `))).toEqual([]);
});

test('build information and readiness', async () => {
  expect(await metrics()).toMatch(/^loki_build_info\{version="\d+\.\d+\.\d+",/m);
  expect([(await get(server.url, '/ready')).status, await (await get(server.url, '/ready')).text()]).toEqual([
    200,
    'ready\n',
  ]);
  const build = (await (await get(server.url, '/loki/api/v1/status/buildinfo')).json()) as Record<string, string>;
  expect(Object.keys(build)).toEqual(['version', 'revision', 'branch', 'buildUser', 'buildDate', 'goVersion']);
});

test("an unknown path is Go's 404", async () => {
  const response = await get(server.url, '/nope');
  expect([response.status, await response.text()]).toEqual([404, '404 page not found\n']);
});
