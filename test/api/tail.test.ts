import { describe, expect, test } from 'vitest';
import { get, push } from '../support/loki-client.ts';
import { ServerForTests } from '../support/server-for-tests.ts';
import { TailClient } from '../support/tail-client.ts';

const server = new ServerForTests();
const CATEGORIZE = { 'X-Loki-Response-Encoding-Flags': 'categorize-labels' };

const nowNs = (): bigint => BigInt(Date.now()) * 1_000_000n;

async function send(app: string, lines: readonly string[], startNs = nowNs()): Promise<void> {
  const values = lines.map((line, i) => [String(startNs + BigInt(i)), line, { trace: `t${i}` }] as const);
  const response = await push(server.url, { app, env: 'x' }, values);
  expect(response.status).toBe(204);
}

const numbered = (name: string, count: number) => Array.from({ length: count }, (_, i) => `level=info ${name} ${i}`);

describe('history and live', () => {
  test('the newest entries oldest first, then what arrives', async () => {
    await send('history', numbered('old', 5), nowNs() - 60_000_000_000n);
    const tail = await TailClient.open(server.url, { query: '{app="history"}', limit: '3' });
    await tail.until(3);
    expect(tail.frames).toHaveLength(1);
    await send('history', numbered('live', 2));
    await send('elsewhere', ['level=info not this']);
    await tail.until(5);
    expect(tail.lines.map((line) => line.slice(11))).toEqual(['old 2', 'old 3', 'old 4', 'live 0', 'live 1']);
    const labels = { app: 'history', env: 'x', service_name: 'history' };
    expect(tail.entries[0]?.labels).toEqual({ ...labels, detected_level: 'info', trace: 't2' });
    // As recorded: without stages, live entries have the labels of the stream only.
    expect(tail.entries[4]?.labels).toEqual(labels);
    await tail.close();
  });

  test('stages run as in a log query', async () => {
    const tail = await TailClient.open(server.url, { query: '{app="stages"} |= "live" | logfmt | level="warn"' });
    await send('stages', ['level=warn live', 'level=info live', 'level=warn other']);
    await tail.until(1);
    expect(tail.entries.map(({ line, labels }) => [line, labels])).toEqual([
      [
        'level=warn live',
        { app: 'stages', env: 'x', service_name: 'stages', detected_level: 'warn', level: 'warn', trace: 't0' },
      ],
    ]);
    await tail.close();
  });

  test('categories, when they are asked for', async () => {
    await send('categories', ['level=warn old']);
    const tail = await TailClient.open(server.url, { query: '{app="categories"} | logfmt' }, CATEGORIZE);
    await tail.until(1);
    await send('categories', ['level=warn live']);
    await tail.until(2);
    for (const { labels, categories } of tail.entries) {
      expect(labels).toEqual({ app: 'categories', env: 'x', service_name: 'categories' });
      expect(categories).toEqual({
        structuredMetadata: { detected_level: 'warn', trace: 't0' },
        parsed: { level: 'warn' },
      });
    }
    expect(tail.frames.every(({ encodingFlags }) => encodingFlags?.[0] === 'categorize-labels')).toBe(true);
    await tail.close();
  });

  test('late entries arrive, repeated ones do not', async () => {
    const tail = await TailClient.open(server.url, { query: '{app="late"} | logfmt' });
    const startNs = nowNs();
    await send('late', ['now'], startNs);
    await tail.until(1);
    await send('late', ['now'], startNs);
    await send('late', ['yesterday'], startNs - 86_400_000_000_000n);
    await tail.until(2);
    await send('late', ['end'], startNs + 1n);
    await tail.until(3);
    expect(tail.lines).toEqual(['now', 'yesterday', 'end']);
    await tail.close();
  });

  test('frames have at most 100 entries', async () => {
    const tail = await TailClient.open(server.url, { query: '{app="many"}' });
    await send('many', numbered('live', 1234));
    await tail.until(1234);
    expect(Math.max(...tail.frames.map(({ streams }) => streams.length))).toBe(100);
    expect(tail.lines).toEqual(numbered('live', 1234));
    await tail.close();
  });
});

test('clients that come and go during writes and flushes get every entry once', async () => {
  const PUSHES = 60;
  const tails: TailClient[] = [];
  const startNs = nowNs();
  for (let i = 0; i < PUSHES; i++) {
    const writing = send('race', numbered(`push ${i}`, 50), startNs + BigInt(i) * 50n);
    if (i % 4 === 0) {
      const opening = TailClient.open(server.url, {
        query: i % 8 === 0 ? '{app="race"}' : '{app="race"} |= "push"',
        limit: '5000',
      });
      if (i % 12 === 0) await fetch(`${server.url}/flush`, { method: 'POST' });
      const tail = await opening;
      if (tails.length < 9) tails.push(tail);
      else await tail.close();
    }
    await writing;
  }
  const expected = Array.from({ length: PUSHES }, (_, i) => numbered(`push ${i}`, 50))
    .flat()
    .sort();
  for (const tail of tails) {
    await tail.until(expected.length);
    expect(tail.lines.sort()).toEqual(expected);
    await tail.close();
  }
}, 60_000);

test('delay_for puts entries of different pushes in order of time', async () => {
  const tail = await TailClient.open(server.url, { query: '{app="delay"}', delay_for: '1' });
  const startNs = nowNs();
  await send('delay', ['second'], startNs + 1000n);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await send('delay', ['first'], startNs);
  expect(tail.lines).toEqual([]);
  await tail.until(2);
  expect(tail.lines).toEqual(['first', 'second']);
  await tail.close();
});

describe('refusals', () => {
  test('a metric query is closed after the upgrade', async () => {
    const tail = await TailClient.open(server.url, { query: 'rate({app="t"}[1m])' });
    expect(await tail.closed).toEqual({ code: 1011, reason: 'only log selector is supported' });
  });

  test.each([
    [{ query: '{app="t"}', delay_for: '6' }, "delay_for can't be greater than 5"],
    [{ query: '{app=' }, 'parse error at line 1, col 6: syntax error: unexpected $end, expecting STRING'],
    [{ query: '{app="t"}' }, 'Bad Request\n'],
    [
      { query: '{app="t"}', limit: '5001' },
      'max entries limit per query exceeded, limit > max_entries_limit_per_query (5001 > 5000)',
    ],
  ])('%j is a 400', async (params, text) => {
    const response = await get(server.url, '/loki/api/v1/tail', params);
    expect([response.status, await response.text()]).toEqual([400, text]);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('wrong queries are refused before the upgrade', async () => {
    await expect(TailClient.open(server.url, { query: '{app=' })).rejects.toThrow('refused');
  });

  test('ten at once', async () => {
    const open = async () => await TailClient.open(server.url, { query: '{app="ten"}' });
    const tails = await Promise.all(Array.from({ length: 10 }, open));
    expect(await (await open()).closed).toEqual({
      code: 1011,
      reason: 'max concurrent tail requests limit exceeded, count > limit (11 > 10)',
    });
    await tails[0]?.close();
    const again = await open();
    await send('ten', ['level=info still']);
    await again.until(1);
    for (const tail of [...tails.slice(1), again]) await tail.close();
  });
});

test('counts of connections are right again in the end', async () => {
  const metrics = async (): Promise<string> => await (await get(server.url, '/metrics')).text();
  await expect.poll(metrics).toContain('\nloki_querier_tail_active 0\n');
  await expect.poll(metrics).toMatch(/loki_inflight_requests\{method="GET",route="loki_api_v1_tail"\} 0\n/);
  expect(await metrics()).toMatch(
    /loki_request_duration_seconds_count\{.*route="loki_api_v1_tail",status_code="101",ws="true"/,
  );
});

test('a server that stops closes its tails at once', async () => {
  const tail = await TailClient.open(server.url, { query: '{app="stop"}' });
  const startMs = Date.now();
  expect(await server.stop()).toBe(0);
  expect((await tail.closed).code).toBe(1001);
  expect(Date.now() - startMs).toBeLessThan(10_000);
});
