import http, { type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { get, push } from '../support/loki-client.ts';
import { ServerForTests } from '../support/server-for-tests.ts';
import { encodePushBody } from '../../ingest/push/encode-loki-proto.ts';

const server = new ServerForTests();

beforeAll(async () => {
  const now = String(BigInt(Date.now()) * 1_000_000n);
  expect((await push(server.url, { app: 'x' }, [[now, `${'a'.repeat(100_000)}!`]])).status).toBe(204);
});

afterAll(async () => {
  expect((await get(server.url, '/ready')).status).toBe(200);
});

async function postPush(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
): Promise<[number, string]> {
  const response = await fetch(`${server.url}/loki/api/v1/push`, { method: 'POST', body, headers });
  return [response.status, await response.text()];
}

describe('push', () => {
  test.each([
    ['malformed JSON', '{"streams":[', 400],
    ['an array', '[]', 400],
    ['a wrong type', '{"streams":5}', 400],
    ['numbers for entries', '{"streams":[{"stream":{"app":"x"},"values":[1]}]}', 400],
  ])('%s is refused with a reason', async (_, body, status) => {
    const [given, text] = await postPush(body, { 'Content-Type': 'application/json' });
    expect(given, text).toBe(status);
    expect(text.trim().length).toBeGreaterThan(5);
  });

  test('truncated snappy and protobuf', async () => {
    const body = encodePushBody([{ labels: '{app="x"}', entries: [{ timestampNs: 1n, line: 'line' }] }]);
    for (const length of [1, 5, body.length - 1]) {
      const [status, text] = await postPush(new Uint8Array(body.subarray(0, length)), {
        'Content-Type': 'application/x-protobuf',
      });
      expect(status, text).toBe(400);
    }
  });
});

describe('rules', () => {
  test('a group without a body is a 400', async () => {
    const response = await fetch(`${server.url}/loki/api/v1/rules/ns`, { method: 'POST' });
    expect([response.status, await response.text()]).toEqual([400, 'group 0: Groupname must not be empty\n']);
  });
});

describe('queries', () => {
  const queryRange = async (query: string) => {
    const response = await get(server.url, '/loki/api/v1/query_range', { query });
    return [response.status, await response.text()] as const;
  };

  test.each([
    ['{app="x"', 'parse error at line 1, col 9: syntax error: unexpected $end, expecting } or ,'],
    ['', 'parse error'],
    ['('.repeat(100_000), 'parse error'],
    [`{app="x"} |~ "${'('.repeat(5000)}"`, 'parse error'],
    [`{app="x"} |~ "(?:a{1000}){1000}"`, 'parse error'],
    [`{app="${'x'.repeat(140_000)}"}`, 'parse error : input size too long'],
  ])('%#: unparsable LogQL is a 400 with a reason', async (query, message) => {
    const response = await fetch(`${server.url}/loki/api/v1/query_range`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ query }),
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(message);
  });

  test.each(['(a+)+$', '(.*a){25}', '(x+x+)+y', '(a|aa)+$', '(a*)*b'])(
    'evil pattern %s is answered',
    async (pattern) => {
      const [status] = await queryRange(`{app="x"} |~ \`${pattern}\``);
      expect(status).toBe(200);
    },
  );

  test.each([
    [{ start: 'x' }, 'could not parse \'start\' parameter: strconv.ParseInt: parsing "x": invalid syntax'],
    [{ limit: '-1' }, 'limit must be a positive value'],
    [{ direction: 'up' }, "invalid direction 'up'"],
    [{ step: 'x' }, 'cannot parse "x" to a valid duration'],
    [{ start: '2', end: '1' }, 'end timestamp must not be before or equal to start time'],
    [{ start: '1', end: '20000', step: '1' }, 'exceeded maximum resolution of 11,000 points per time series'],
    [{ start: '99999999999999999999.5', end: '99999999999999999999.5' }, 'is out of range'],
  ])('parameters %j', async (params, message) => {
    const response = await get(server.url, '/loki/api/v1/query_range', { query: '{app="x"}', ...params });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(message);
  });
});

describe('very many', () => {
  const post = async (path: string, form: [string, string][]) => {
    const response = await fetch(server.url + path, { method: 'POST', body: new URLSearchParams(form) });
    return [response.status, await response.text()];
  };

  test('target labels of a volume', async () => {
    const names = (count: number) => Array.from({ length: count }, (_, i) => `l${i}`).join(',');
    const volume = async (targetLabels: string) =>
      await post('/loki/api/v1/index/volume', [
        ['query', '{}'],
        ['targetLabels', targetLabels],
      ]);
    expect(await volume(names(100_000))).toEqual([400, 'too many target labels: 100000, expected at most 1000']);
    expect((await volume(`${names(1000)},l0`))[0]).toBe(200);
  });

  test('groups of matchers of series', async () => {
    const series = async (count: number) =>
      await post(
        '/loki/api/v1/series',
        Array.from({ length: count }, () => ['match[]', '{app="x"}']),
      );
    expect(await series(1001)).toEqual([400, 'too many match[] groups: 1001, expected at most 1000']);
    expect((await series(1000))[0]).toBe(200);
  });
});

describe('paths and headers', () => {
  test.each([
    ['/loki/api/v1/label/%zz/values', 400],
    [`/loki/api/v1/label/${'x'.repeat(2000)}/values`, 414],
  ])('%s: a path that cannot be read is refused in plain text', async (path, status) => {
    const response = await fetch(server.url + path);
    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'text/plain; charset=utf-8']);
    expect(await response.text()).toMatch(/^'\/loki\/api\/v1\/label\//);
  });

  // Grafana asks with GET, and puts all values of a dashboard's variable into the query.
  test('a query of 100 KB in the path is answered', async () => {
    const pods = Array.from({ length: 5000 }, (_, i) => `pod-${i}-${'x'.repeat(10)}`).join('|');
    const response = await get(server.url, '/loki/api/v1/query_range', { query: `{app="x", pod=~"${pods}"}` });
    expect(response.status, await response.text()).toBe(200);
  });

  // Java's HTTP client and `curl --http2` offer it with every request.
  test.each([
    ['h2c', '/ready'],
    ['h2c', '/loki/api/v1/tail?query={app="x"}'],
    ['websocket', '/ready'],
  ])('an offer of %s to %s is not taken up', async (protocol, path) => {
    const headers = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: protocol, 'HTTP2-Settings': 'AAMAAABk' };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = http.get(server.url + path, { headers }, resolve);
      request.on('error', reject).on('upgrade', () => reject(new Error('upgraded')));
    });
    expect([response.statusCode, await text(response)]).toEqual(
      path === '/ready' ? [200, 'ready\n'] : [400, 'Bad Request\n'],
    );
  });
});
