import { beforeAll, describe, expect, test } from 'vitest';
import { encodePushBody } from '../../ingest/push/encode-loki-proto.ts';
import { get } from '../support/loki-client.ts';
import { ServerForTests } from '../support/server-for-tests.ts';

/** The paths of Loki's first API, which old agents and scripts still use. */

const server = new ServerForTests();

beforeAll(async () => {
  const json = await push(
    JSON.stringify({
      streams: [
        {
          labels: '{app="old", env="x"}',
          entries: [
            { ts: '2026-01-15T10:00:00.25Z', line: 'first <1>' },
            { ts: '2026-01-15T12:00:01+02:00', line: 'second' },
          ],
        },
      ],
    }),
    'application/json',
  );
  expect([json.status, await json.text()]).toEqual([204, '']);
  const entries = [{ timestampNs: 1_768_471_202_000_000_000n, line: 'third' }];
  const proto = await push(encodePushBody([{ labels: '{app="proto"}', entries }]), 'application/x-protobuf');
  expect([proto.status, await proto.text()]).toEqual([204, '']);
});

async function push(body: string | Uint8Array, contentType: string): Promise<Response> {
  const headers = { 'Content-Type': contentType };
  return await fetch(`${server.url}/api/prom/push`, { method: 'POST', headers, body: Buffer.from(body as string) });
}

const RANGE = { start: '2026-01-15T09:00:00Z', end: '2026-01-15T11:00:00Z' };
const ask = async (path: string, params: Record<string, string> = {}) =>
  await get(server.url, `/api/prom/${path}`, { ...RANGE, ...params });
const LABELS = '{app="old", detected_level="unknown", env="x", service_name="old"}';

describe('/api/prom/query', () => {
  test('labels are text, times RFC 3339, and there is no envelope', async () => {
    const response = await ask('query', { query: '{app=~".+"}', direction: 'forward' });
    expect(response.headers.get('content-type')).toBe('application/json; charset=UTF-8');
    const text = await response.text();
    expect(text).toContain('"line":"first \\u003c1\\u003e"');
    expect(JSON.parse(text)).toEqual({
      streams: [
        {
          labels: LABELS,
          entries: [
            { ts: '2026-01-15T10:00:00.25Z', line: 'first <1>' },
            { ts: '2026-01-15T10:00:01Z', line: 'second' },
          ],
        },
        {
          labels: '{app="proto", detected_level="unknown", service_name="proto"}',
          entries: [{ ts: '2026-01-15T10:00:02Z', line: 'third' }],
        },
      ],
      stats: expect.objectContaining({ summary: expect.anything() as unknown }) as unknown,
    });
  });

  test('regexp is one more filter', async () => {
    const answer = await (await ask('query', { query: '{app="old"}', regexp: 'sec.*d' })).json();
    expect(answer).toMatchObject({
      streams: [{ labels: LABELS, entries: [{ ts: '2026-01-15T10:00:01Z', line: 'second' }] }],
    });
  });

  test('only log queries', async () => {
    const response = await ask('query', { query: 'rate({app="old"}[1m])' });
    const text = 'legacy endpoints only support streams result type';
    expect([response.status, await response.text()]).toEqual([400, text]);
  });

  test('errors are those of a range query', async () => {
    const response = await ask('query', { query: '{app=' });
    expect([response.status, await response.text()]).toEqual([
      400,
      'parse error at line 1, col 6: syntax error: unexpected $end, expecting STRING',
    ]);
  });
});

test.each([
  ['label', { status: 'success', data: ['app', 'env', 'service_name'] }],
  ['label/app/values', { status: 'success', data: ['old', 'proto'] }],
  ['series?match=%7Bapp%3D%22old%22%7D&', { status: 'success', data: [{ app: 'old', env: 'x', service_name: 'old' }] }],
])('/api/prom/%s answers as in v1', async (path, expected) => {
  const response = await fetch(
    `${server.url}/api/prom/${path}${path.includes('?') ? '' : '?'}${new URLSearchParams(RANGE).toString()}`,
  );
  expect(await response.json()).toEqual(expected);
});

test('a push that cannot be read is answered as in v1', async () => {
  const response = await push('{"streams":[{"labels":"{app","entries":[]}]}', 'application/json');
  expect(response.status).toBe(400);
  expect(await response.text()).toMatch(/^couldn't parse labels: .*\n$/);
});
