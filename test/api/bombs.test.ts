import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { compressSync } from 'snappy';
import { describe, expect, test } from 'vitest';
import { deflateBomb, gzipBomb, lz4Bomb, snappyClaim, zstdBomb } from '../support/bombs.ts';
import { get, push } from '../support/loki-client.ts';
import { ServerForTests } from '../support/server-for-tests.ts';

/**
 * Bodies that are much larger than they look: each is refused, and memory stays below a cap (docs/tenants-and-limits.md,
 * «Bodies of pushes»).
 */

const KB = 2 ** 10;
const MB = 2 ** 20;
const GB = 2 ** 30;
const DECOMPRESSED_MAX = 256 * MB;
const CAP_MB = 1100;
const MINUTE = 60_000;

const server = new ServerForTests();

async function post(path: string, type: string, encoding: string, body: Uint8Array): Promise<number> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'Content-Type': type, ...(encoding === '' ? {} : { 'Content-Encoding': encoding }) },
    body: Buffer.from(body),
  });
  await response.arrayBuffer();
  return response.status;
}

/** The most memory that the process ever had, in MiB. */
function peakMemory(): number {
  const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

const SIZES = [KB, MB, 100 * MB, DECOMPRESSED_MAX, DECOMPRESSED_MAX + 1, GB, 10 * GB];
const LOKI = '/loki/api/v1/push';
const OTLP = '/otlp/v1/logs';
const JSON_TYPE = 'application/json';
const PROTO = 'application/x-protobuf';

const BOMBS: readonly (readonly [string, string, string, string, (size: number) => Uint8Array])[] = [
  ['gzip of JSON', LOKI, JSON_TYPE, 'gzip', gzipBomb],
  ['deflate of JSON', LOKI, JSON_TYPE, 'deflate', deflateBomb],
  ['gzip around snappy', LOKI, PROTO, 'gzip', gzipBomb],
  ['gzip of OTLP', OTLP, PROTO, 'gzip', gzipBomb],
  ['gzip of OTLP in JSON', OTLP, JSON_TYPE, 'gzip', gzipBomb],
  ['zstd of OTLP', OTLP, PROTO, 'zstd', zstdBomb],
  ['lz4 of OTLP', OTLP, PROTO, 'lz4', lz4Bomb],
];

describe.runIf(process.platform === 'linux')('bombs', { timeout: 3 * MINUTE }, () => {
  test.each(BOMBS)('%s', async (_, path, type, encoding, make) => {
    for (const size of SIZES) {
      const status = await post(path, type, encoding, make(size));
      expect([size, status]).toEqual([size, size > DECOMPRESSED_MAX ? 413 : 400]);
      expect(peakMemory()).toBeLessThan(CAP_MB);
    }
  });

  test('snappy that claims to be large', async () => {
    for (const size of [...SIZES, 2 ** 32 - 1, 2 ** 35]) {
      // Beyond 32 bits it is no snappy, and below the limit a claim that its bytes cannot keep.
      const status = size > DECOMPRESSED_MAX && size < 2 ** 32 ? 413 : 400;
      expect([size, await post(LOKI, PROTO, '', snappyClaim(size))]).toEqual([size, status]);
    }
  });

  test('snappy that is large', async () => {
    expect(await post(LOKI, PROTO, '', compressSync(Buffer.alloc(200 * MB)))).toBe(400);
    expect(await post(LOKI, PROTO, '', compressSync(Buffer.alloc(300 * MB)))).toBe(413);
    expect(peakMemory()).toBeLessThan(CAP_MB);
  });

  test('a claimed Content-Length is refused before the body comes', async () => {
    for (const path of [LOKI, OTLP, '/api/prom/push']) {
      for (const size of [101 * MB, GB, 10 * GB]) expect(await claimLength(path, size)).toMatch(/^HTTP\/1.1 413 /);
    }
  });

  test('JSON that nests, repeats and lists without end', async () => {
    const nested = (open: string, count: number) => Buffer.from(`{"streams":${open.repeat(count)}`);
    for (const body of [
      nested('[', 5 * MB),
      nested('[{"stream":', MB),
      nested('{"a":', MB),
      nested('[{"values":[[', MB),
      Buffer.from(`{"resourceLogs":${'[{"scopeLogs":'.repeat(MB)}`),
    ]) {
      expect(await post(LOKI, JSON_TYPE, '', body)).toBe(400);
      expect(await post(OTLP, JSON_TYPE, '', body)).toBe(400);
      expect(await post('/api/prom/push', JSON_TYPE, '', body)).toBe(400);
    }
    // Attributes in attributes in attributes.
    const depth = 100_000;
    const value = `${'{"kvlistValue":{"values":[{"key":"k","value":'.repeat(depth)}{}${'}]}}'.repeat(depth)}`;
    const log = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${value}}]}]}]}`;
    expect(await post(OTLP, JSON_TYPE, '', Buffer.from(log))).toBe(400);
    // A line of 200 MiB out of 200 KiB.
    const line = (size: number) =>
      gzipSync(`{"streams":[{"stream":{"a":"b"},"values":[["1","${'x'.repeat(size)}"]]}]}`);
    expect(await post(LOKI, JSON_TYPE, 'gzip', line(200 * MB))).toBe(400);
    expect(await post(LOKI, JSON_TYPE, 'gzip', line(DECOMPRESSED_MAX))).toBe(413);
    expect(peakMemory()).toBeLessThan(CAP_MB);
  });

  test('the server is as good as before', async () => {
    expect((await push(server.url, { app: 'after' }, [[`${Date.now()}000000`, 'still here']])).status).toBe(204);
    const answer = await get(server.url, '/loki/api/v1/query_range', { query: '{app="after"}' });
    expect(await answer.text()).toContain('still here');
    expect(await (await get(server.url, '/metrics')).text()).toMatch(/\nloki_panic_total 0\n/);
  });
});

/** Sends the head of a request and a few bytes of its body; resolves with what comes back. */
async function claimLength(path: string, length: number): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return await new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (data) => {
      answer += data.toString();
      if (answer.includes('\r\n\r\n')) socket.destroy();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n{"streams":[`,
    );
  });
}
