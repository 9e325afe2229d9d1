import { status } from '@grpc/grpc-js';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodePushRequest } from '../../ingest/push/encode-loki-proto.ts';
import { GrpcClient } from '../support/grpc-client.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';

const PUSH = '/logproto.Pusher/Push';
const CHECK = '/grpc.health.v1.Health/Check';
const NOW = BigInt(Date.now()) * 1_000_000n;

let server: ServerProcess;
let client: GrpcClient;
let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeAll(async () => {
  temporary = await temporaryDirectory();
  const overrides = path.join(temporary.directory, 'overrides.yaml');
  await writeFile(overrides, 'overrides: {slow: {ingestion_rate_mb: 0.0001, ingestion_burst_size_mb: 0.0001}}\n');
  server = await ServerProcess.start(path.join(temporary.directory, 'data'), [
    '-auth.enabled=true',
    `-runtime-config.file=${overrides}`,
  ]);
  client = new GrpcClient(server.grpcAddress);
});

afterAll(async () => {
  client.close();
  expect(await server.stop()).toBe(0);
  await temporary.remove();
});

const as = (tenant: string) => ({ 'x-scope-orgid': tenant });
const request = (labels: string, ...lines: string[]) =>
  encodePushRequest([
    {
      labels,
      entries: lines.map((line, i) => ({ timestampNs: NOW + BigInt(i), line, metadata: [['trace', `t${i}`]] })),
    },
  ]);

async function linesOf(tenant: string, query: string): Promise<string[]> {
  const params = new URLSearchParams({ query, direction: 'forward' }).toString();
  const response = await fetch(`${server.url}/loki/api/v1/query_range?${params}`, {
    headers: { 'X-Scope-OrgID': tenant },
  });
  const { data } = (await response.json()) as { data: { result: { values: [string, string][] }[] } };
  return data.result.flatMap(({ values }) => values.map(([, line]) => line)).sort();
}

describe('logproto.Pusher/Push', () => {
  test('entries are stored for the tenant of the metadata', async () => {
    const answer = await client.call(PUSH, request('{app="g"}', 'first', 'second'), as('t1'));
    expect(answer).toMatchObject({ code: status.OK, response: Buffer.alloc(0) });
    expect(await linesOf('t1', '{app="g"} | trace=~"t."')).toEqual(['first', 'second']);
    expect(await linesOf('t2', '{app="g"}')).toEqual([]);
  });

  test('many at a time', async () => {
    const lines = Array.from({ length: 200 }, (_, i) => `line ${String(i).padStart(3, '0')}`);
    const answers = await Promise.all(lines.map((line) => client.call(PUSH, request('{app="many"}', line), as('t1'))));
    expect(answers.filter(({ details }) => details !== '')).toEqual([]);
    const params = new URLSearchParams({ query: 'sum(count_over_time({app="many"}[1h]))' }).toString();
    const headers = { 'X-Scope-OrgID': 't1' };
    const counted = await fetch(`${server.url}/loki/api/v1/query?${params}`, { headers });
    expect(await counted.text()).toContain('"200"]');
  });

  test.each([
    ['no tenant', {}, request('{app="x"}', 'x'), status.UNAUTHENTICATED, 'no org id'],
    ['two tenants', as('a|b'), request('{app="x"}', 'x'), 400, 'multiple org IDs present'],
    [
      'a path as tenant',
      as('../t1'),
      request('{app="x"}', 'x'),
      400,
      "tenant ID '../t1' contains unsupported character '/'",
    ],
    ['no streams', as('t1'), new Uint8Array(0), 422, 'error at least one valid stream is required for ingestion'],
    ['labels that are none', as('t1'), request('{app', 'x'), 400, "couldn't parse labels"],
    ['bytes that are no message', as('t1'), Buffer.from('garbage'), 400, 'at byte 1 of 7 field 12 has wire type 7'],
    ['too long a line', as('t1'), request('{app="x"}', 'y'.repeat(300_000)), 400, 'max entry size'],
    [
      'over the rate',
      as('slow'),
      request('{app="x"}', 'y'.repeat(1000)),
      429,
      'ingestion rate limit exceeded for user slow',
    ],
    ['over the message size', as('t1'), Buffer.alloc(5 * 2 ** 20), status.RESOURCE_EXHAUSTED, 'larger than max'],
  ])('%s', async (_, metadata, bytes, code, text) => {
    const answer = await client.call(PUSH, bytes, metadata);
    expect(answer.details).toContain(text);
    expect(answer.code).toBe(code);
    // What has an HTTP status carries it in its details as well.
    if (code >= 100) expect(answer.statusDetails?.toString('latin1')).toContain('httpgrpc.HTTPResponse');
  });

  test('good entries of a push with bad ones are stored', async () => {
    const answer = await client.call(PUSH, request('{app="mixed"}', 'good', 'z'.repeat(300_000)), as('t1'));
    expect(answer.code).toBe(400);
    expect(await linesOf('t1', '{app="mixed"}')).toEqual(['good']);
  });

  test('compressed messages are taken, and limited by what they become', async () => {
    const compressing = new GrpcClient(server.grpcAddress, 'gzip');
    const pushed = await compressing.call(PUSH, request('{app="gz"}', 'packed'.repeat(1000)), as('t1'));
    expect(pushed).toMatchObject({ code: status.OK });
    expect(await linesOf('t1', '{app="gz"}')).toEqual(['packed'.repeat(1000)]);
    const bomb = await compressing.call(PUSH, Buffer.alloc(64 * 2 ** 20), as('t1'));
    expect(bomb.code).toBe(status.RESOURCE_EXHAUSTED);
    compressing.close();
  });

  test('calls are measured', async () => {
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    for (const code of ['success', '429', 'error']) {
      expect(metrics).toContain(
        `loki_request_duration_seconds_count{method="gRPC",route="${PUSH}",status_code="${code}",ws="false"}`,
      );
    }
  });
});

test('health', async () => {
  expect(await client.call(CHECK, new Uint8Array(0))).toMatchObject({ code: status.OK, response: Buffer.from([8, 1]) });
  const other = await temporaryDirectory();
  const ending = await ServerProcess.start(other.directory);
  const caller = new GrpcClient(ending.grpcAddress);
  expect((await fetch(`${ending.url}/ingester/shutdown?terminate=false`, { method: 'POST' })).status).toBe(204);
  expect(await caller.call(CHECK, new Uint8Array(0))).toMatchObject({ response: Buffer.from([8, 2]) });
  expect(await caller.call(PUSH, request('{app="late"}', 'x'))).toMatchObject({
    code: status.UNAVAILABLE,
    details: 'Ingester not ready: it was shut down',
  });
  // Open connections do not keep the process.
  expect(await ending.stop()).toBe(0);
  caller.close();
  await other.remove();
});

test('a port that is taken is an error', async () => {
  const other = await temporaryDirectory();
  const port = server.grpcAddress.split(':')[1];
  await expect(ServerProcess.start(other.directory, [`-server.grpc-listen-port=${port}`])).rejects.toThrow(
    /Cannot listen on 0\.0\.0\.0:\d+ for gRPC: address already in use/,
  );
  await other.remove();
});

test('an unknown method is unimplemented', async () => {
  expect((await client.call('/logproto.Querier/Query', new Uint8Array(0))).code).toBe(status.UNIMPLEMENTED);
});
