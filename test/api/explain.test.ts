import { beforeAll, describe, expect, test } from 'vitest';
import { get, push, type PushValue } from '../support/loki-client.ts';
import { ServerForTests } from '../support/server-for-tests.ts';

const START_NS = 1_768_471_200_000_000_000n;
const RANGE = { start: '1768471200', end: '1768474800', step: '60' };

const server = new ServerForTests();

beforeAll(async () => {
  for (const app of ['a', 'b']) {
    const values = Array.from({ length: 2000 }, (_, i): PushValue => [
      String(START_NS + BigInt(i) * 1_000_000_000n),
      `level=${i % 5 === 0 ? 'error' : 'info'} n=${i} ${'x'.repeat(100)}`,
    ]);
    expect((await push(server.url, { app }, values)).status).toBe(204);
  }
  expect((await fetch(`${server.url}/flush`, { method: 'POST' })).status).toBe(204);
});

async function explain(query: string, params: Record<string, string> = {}): Promise<string> {
  const response = await get(server.url, '/skald/api/v1/explain', {
    query,
    ...RANGE,
    analyze: 'true',
    format: 'text',
    ...params,
  });
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return text;
}

/** Columns that a scan read pages of. */
const columnsRead = (text: string): string[] =>
  [...text.matchAll(/^\s+([\w.]+): \d+ pages?, /gm)].map(([, name]) => name ?? '');

describe('EXPLAIN ANALYZE shows what is read', () => {
  test.each([
    ['whole minutes: the index alone', 'sum by (app) (count_over_time({app=~"a|b"}[1m]))', []],
    ['whole minutes by level: the index alone', 'sum by (detected_level) (count_over_time({app="a"}[2m]))', []],
    ['bytes of whole minutes: the index alone', 'sum(bytes_over_time({app="a"}[1m]))', []],
    ['parts of minutes: timestamps', 'sum by (app) (count_over_time({app=~"a|b"}[45s]))', ['timestamp']],
    ['rate without grouping by a label of the line: no line', 'sum(rate({app=~"a|b"}[45s]))', ['timestamp']],
    ['by level', 'sum by (detected_level) (count_over_time({app="a"}[45s]))', ['level', 'timestamp']],
    ['bytes: where lines end', 'sum(bytes_over_time({app="a"}[45s]))', ['line', 'timestamp']],
    ['a line filter reads lines', 'sum(count_over_time({app="a"} |= "error" [1m]))', ['line', 'timestamp']],
  ])('%s', async (_, query, columns) => {
    const text = await explain(query);
    expect([...new Set(columnsRead(text))].sort(), text).toEqual(columns);
  });

  test('the limit stops a log query early', async () => {
    const text = await explain('{app="a"}', { limit: '5' });
    expect(text).toMatch(/2000 → 5|→ 5,/);
  });
});

test('JSON has the plan, its rules and each operator', async () => {
  const response = await get(server.url, '/skald/api/v1/explain', {
    query: 'sum(rate({app="a"} |= "error" [1m]))',
    ...RANGE,
    analyze: 'true',
  });
  const body = (await response.json()) as { rulesFired: string[]; physical: object };
  expect(body.rulesFired).toContain('PushDownLineFilter');
  expect(JSON.stringify(body.physical)).toContain('ChunkScan');
});

test('a rule can be switched off, an unknown one is refused', async () => {
  expect(await explain('{app="a"} |= "x"', { disable: 'PushDownLineFilter' })).not.toMatch(
    /fired\n-+\nPushDownLineFilter/,
  );
  const response = await get(server.url, '/skald/api/v1/explain', { query: '{app="a"}', disable: 'Nope' });
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('Nope')]);
});

test('a query that cannot be parsed is a 400 with the same text', async () => {
  const response = await get(server.url, '/skald/api/v1/explain', { query: '{app=x}' });
  expect([response.status, await response.text()]).toEqual([
    400,
    'parse error at line 1, col 6: syntax error: unexpected IDENTIFIER, expecting STRING',
  ]);
});
