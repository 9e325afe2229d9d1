import { beforeAll, describe, expect, test } from 'vitest';
import { get, getData, push } from '../support/loki-client.ts';
import { ServerForTests } from '../support/server-for-tests.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';

interface PatternSeries {
  readonly pattern: string;
  readonly level: string;
  readonly samples: [number, number][];
}

/** A whole minute, so that buckets are easy to read. */
const START = 1_768_471_200;
const RANGE = { start: String(START), end: String(START + 599) };
const at = (seconds: number): string => `${START + seconds}000000000`;

const server = new ServerForTests();

beforeAll(async () => {
  const lines = Array.from({ length: 600 }, (_, i): [string, string] => [
    at(i),
    i % 10 === 0
      ? `level=error msg="payment ${i} failed" code=${400 + (i % 7)}`
      : `level=info msg="user ${7 * i} logged in from 10.0.0.${i % 250}" dur=${i}ms`,
  ]);
  await push(server.url, { app: 'shop' }, lines.slice(0, 300));
  expect((await fetch(`${server.url}/flush`, { method: 'POST' })).status).toBe(204);
  await push(server.url, { app: 'shop' }, lines.slice(300));
  // Ten times as many lines as are read.
  for (let part = 0; part < 10; part++) {
    const many = Array.from({ length: 20_000 }, (_, i): [string, string] => {
      const n = part * 20_000 + i;
      return [
        `${START + Math.floor(n / 400)}${String(n % 400).padStart(9, '0')}`,
        n % 4 === 0 ? `get /a/${n} took ${n} ms` : `put object ${n}`,
      ];
    });
    expect((await push(server.url, { app: 'busy' }, many)).status).toBe(204);
  }
});

const patterns = async (params: Record<string, string>) =>
  await getData<PatternSeries[]>(server.url, '/loki/api/v1/patterns', { ...RANGE, ...params });
const total = ({ samples }: PatternSeries) => samples.reduce((sum, [, count]) => sum + count, 0);

describe('few lines', () => {
  test('are counted one by one', async () => {
    const series = await patterns({ query: '{app="shop"}', step: '60s' });
    expect(series.map(({ pattern, level }) => [pattern, level])).toEqual([
      ['level=info msg="user <_> logged in from <_>" dur=<_>', 'info'],
      ['level=error msg="payment <_> failed" code=<_>', 'error'],
    ]);
    const minutes = Array.from({ length: 10 }, (_, i) => START + 60 * i);
    expect(series[0]?.samples).toEqual(minutes.map((time) => [time, 54]));
    expect(series[1]?.samples).toEqual(minutes.map((time) => [time, 6]));
  });

  test('a pattern as a filter finds its lines', async () => {
    for (const { pattern, samples } of await patterns({ query: '{app="shop"}' })) {
      const query = `count_over_time({app="shop"} |> ${JSON.stringify(pattern)} [10m])`;
      const { result } = await getData<{ result: { value: [number, string] }[] }>(server.url, '/loki/api/v1/query', {
        query: `sum(${query})`,
        time: String(START + 599),
      });
      expect(Number(result[0]?.value[1])).toBe(samples.reduce((sum, [, count]) => sum + count, 0));
    }
  });

  test('steps are ten seconds at least', async () => {
    const [series] = await patterns({ query: '{app="shop"}', step: '1s' });
    expect(series?.samples.slice(0, 2)).toEqual([
      [START, 9],
      [START + 10, 9],
    ]);
  });
});

test('of very many lines, a sample from all of the range is scaled', async () => {
  const series = await patterns({ query: '{app="busy"}', step: '100s' });
  expect(series.map(({ pattern }) => pattern)).toEqual(['put object <_>', 'get <_> took <_> ms']);
  const [put, gets] = series as [PatternSeries, PatternSeries];
  expect(total(put) + total(gets)).toBe(200_000);
  expect(total(gets)).toBeGreaterThan(40_000);
  expect(total(gets)).toBeLessThan(60_000);
  expect(put.samples.map(([time]) => time)).toEqual([0, 1, 2, 3, 4].map((i) => START + 100 * i));
});

test('GET and POST; nothing found is an empty list', async () => {
  const body = new URLSearchParams({ ...RANGE, query: '{app="none"}' });
  const response = await fetch(`${server.url}/loki/api/v1/patterns`, { method: 'POST', body });
  expect(response.headers.get('content-type')).toBe('application/json; charset=UTF-8');
  expect(await response.text()).toBe('{"status":"success","data":[]}\n');
});

test.each([
  [{ query: '{app="shop"} |= "x"' }, /^parse error|only label matchers/],
  [{ query: '{app=' }, /^parse error at line 1, col 6/],
  [{ query: '{app="shop"}', start: '5', end: '4' }, /^end timestamp must not be before or equal to start time$/],
  [{ query: '{app="shop"}', step: '-1' }, /^zero or negative query resolution step widths/],
])('%j is refused', async (params, text) => {
  const response = await get(server.url, '/loki/api/v1/patterns', { ...RANGE, ...params });
  expect(response.status).toBe(400);
  expect(await response.text()).toMatch(text);
});

test('can be switched off', async () => {
  const other = await temporaryDirectory();
  const off = await ServerProcess.start(other.directory, ['-pattern-ingester.enabled=false']);
  const response = await get(off.url, '/loki/api/v1/patterns', { query: '{app="x"}' });
  expect([response.status, await response.text()]).toEqual([404, 'not found']);
  const limits = await (await get(off.url, '/loki/api/v1/drilldown-limits')).json();
  expect(limits).toMatchObject({ pattern_ingester_enabled: false });
  await off.stop();
  await other.remove();
});
