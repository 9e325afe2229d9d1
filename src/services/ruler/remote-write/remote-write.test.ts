import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Registry } from 'prom-client';
import { uncompressSync } from 'snappy';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Labels } from '../../../common/labels.ts';
import { nodeRuntime } from '../../../common/node-runtime.ts';
import { createLogger } from '../../../common/telemetry/logger.ts';
import { remoteWriteSchema } from '../../../config/remote-write-schema.ts';
import { RemoteWrite } from './remote-write.ts';
import { RemoteWriteMetrics } from './remote-write-metrics.ts';

let directory: string;
let server: Server;
/** What came, as `path tenant body`; bodies are read as text. */
let received: { readonly path: string; readonly tenant: string; readonly text: string }[];
let status: number;
let registry: Registry;
let log: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'skald-remote-'));
  received = [];
  status = 204;
  log = '';
  server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const text = (uncompressSync(body) as Buffer).toString('latin1');
      if (status === 204) {
        received.push({ path: request.url ?? '', tenant: String(request.headers['x-scope-orgid'] ?? ''), text });
      }
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.close();
  await rm(directory, { recursive: true });
});

async function open(settings: Record<string, unknown> = {}): Promise<RemoteWrite> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const queue_config = { batch_send_deadline: '5ms', min_backoff: '1ms', max_backoff: '5ms' };
  const dropped = [{ action: 'drop', source_labels: ['__name__'], regex: 'secret.*' }];
  registry = new Registry();
  return await RemoteWrite.open({
    config: remoteWriteSchema.parse({
      enabled: true,
      clients: {
        first: { url: `${url}/first`, queue_config },
        second: { url: `${url}/second`, queue_config, write_relabel_configs: dropped, name: 'the second' },
      },
      ...settings,
    }),
    isDisabled: (tenant) => tenant === 'silent',
    directory,
    maxAgeMs: 3_600_000,
    maxBytes: 2 ** 30,
    runtime: nodeRuntime,
    logger: createLogger({ level: 'info', format: 'logfmt', write: (line) => (log += line) }),
    metrics: new RemoteWriteMetrics(registry),
  });
}

const sample = (name: string) => ({ labels: Labels.fromRecord({ __name__: name, empty: '' }), value: 1 });
const batch = (tenant: string, ...names: string[]) => ({
  tenant,
  timeNs: 1_700_000_000_000_000_000n,
  samples: names.map(sample),
  stale: [],
});

async function until(isThere: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('every receiver gets what its relabelling leaves, for each tenant', async () => {
  const remote = await open();
  await remote.append(batch('team-a', 'one', 'secret_two'));
  await remote.append(batch('team-b', 'secret_three'));
  await remote.append(batch('silent', 'four'));
  await until(() => received.length === 3);
  await remote.close();
  const told = received.map(({ path: url, tenant, text }) => [
    url,
    tenant,
    /one|secret_two|three|four/g.exec(text)?.[0],
  ]);
  expect(told.sort()).toEqual([
    ['/first', 'team-a', 'one'],
    ['/first', 'team-b', 'three'],
    ['/second', 'team-a', 'one'],
  ]);
  expect(received.some(({ text }) => text.includes('empty'))).toBe(false);
  expect(received.find(({ path: url }) => url === '/second')?.text).not.toContain('secret_two');
  const metrics = await registry.metrics();
  expect(metrics).toContain('samples_total{tenant="team-a",remote_name="first"');
  expect(metrics).toMatch(/samples_total\{tenant="team-a",remote_name="the second",url="[^"]*"\} 1/);
});

test('what an earlier process left is sent without a new sample; a failure is logged once', async () => {
  status = 500;
  const first = await open();
  await first.append(batch('team-a', 'left'));
  const retries = async () => [...(await registry.metrics()).matchAll(/samples_retried_total\{.*\} (\d+)/g)];
  await until(async () => (await retries()).filter(([, count]) => Number(count) >= 3).length === 2);
  const pending = 'loki_ruler_wal_prometheus_remote_storage_samples_pending{tenant="team-a",remote_name="first"} 1';
  expect(await registry.metrics()).toContain(pending);
  await first.close();
  expect(log.match(/will be retried/g)).toHaveLength(2);
  expect(await readdir(path.join(directory, 'first', 'team-a'))).toEqual(['0000000001.samples']);
  status = 204;
  const second = await open();
  await until(() => received.length === 2);
  expect(received.every(({ text }) => text.includes('left'))).toBe(true);
  await second.close();
});

test('the tenant is not told where that is configured', async () => {
  const remote = await open({ add_org_id_header: false });
  await remote.append(batch('team-a', 'one'));
  await until(() => received.length === 2);
  expect(received.map(({ tenant }) => tenant)).toEqual(['', '']);
  await remote.close();
});
