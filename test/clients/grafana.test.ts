import { beforeAll, describe, expect, test } from 'vitest';
import { expectGrafanaForm, GrafanaClient } from '../support/grafana-client.ts';
import { push } from '../support/loki-client.ts';
import { ServerForTests } from '../support/server-for-tests.ts';
import { TailClient } from '../support/tail-client.ts';

const NOW_MS = Date.now();
const HOUR = { fromMs: NOW_MS - 3_600_000, toMs: NOW_MS };
const LINES = 120;
const aNumber = expect.any(Number) as unknown;
const aString = expect.any(String) as unknown;

const server = new ServerForTests(['-pattern-ingester.enabled=true']);
let grafana: GrafanaClient;

/** One line each ten seconds, of two services; every tenth an error. */
function lineAt(i: number): [string, string, Record<string, string>] {
  const level = i % 10 === 0 ? 'error' : 'info';
  const line = `level=${level} msg="request ${i} done" status=${i % 10 === 0 ? 500 : 200} dur=${i}ms`;
  return [`${NOW_MS - 10_000 * (LINES - i)}000000`, line, { trace_id: `t${i}` }];
}

beforeAll(async () => {
  grafana = new GrafanaClient(server.url);
  const values = Array.from({ length: LINES }, (_, i) => lineAt(i));
  expect((await push(server.url, { app: 'api', namespace: 'shop' }, values)).status).toBe(204);
  expect((await push(server.url, { app: 'web', namespace: 'shop' }, values.slice(0, 60))).status).toBe(204);
});
describe.each(['the head', 'chunks'])('from %s', (where) => {
  beforeAll(async () => {
    if (where === 'chunks') expect((await fetch(`${server.url}/flush`, { method: 'POST' })).status).toBe(204);
  });

  test('the data source is tested and its version asked', async () => {
    const answer = await grafana.instant({ expr: 'vector(1)+vector(1)', range: HOUR });
    expect(answer).toMatchObject({ resultType: 'vector', result: [{ metric: {}, value: [aNumber, '2'] }] });
    expect(await grafana.resource('status/buildinfo', {})).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+/) as unknown,
    });
  });

  describe('Explore', () => {
    test('logs, with labels by category', async () => {
      const answer = await grafana.range({ expr: '{app="api"} |= "done" | logfmt', range: HOUR, maxLines: 10 });
      expectGrafanaForm(answer);
      expect(answer.encodingFlags).toEqual(['categorize-labels']);
      if (answer.resultType !== 'streams') throw new Error(answer.resultType);
      const lines = answer.result.flatMap(({ values }) => values);
      expect(lines).toHaveLength(10);
      const newest = answer.result[0]?.values[0];
      expect(answer.result[0]?.stream).toEqual({ app: 'api', namespace: 'shop', service_name: 'api' });
      expect(newest).toEqual([
        ...lineAt(LINES - 1).slice(0, 2),
        {
          structuredMetadata: { trace_id: `t${LINES - 1}`, detected_level: 'info' },
          parsed: { level: 'info', msg: `request ${LINES - 1} done`, status: '200', dur: `${LINES - 1}ms` },
        },
      ]);
      expect(answer.stats.summary['totalLinesProcessed']).toBeGreaterThan(0);
      expect(answer.stats.summary['execTime']).toBeGreaterThan(0);
    });

    test('the histogram of their volume', async () => {
      const answer = await grafana.range({
        expr: 'sum by (level, detected_level) (count_over_time({app="api"} | drop __error__[1m0s]))',
        range: HOUR,
        source: 'logvolhist',
        step: '1m0s',
      });
      expectGrafanaForm(answer);
      if (answer.resultType !== 'matrix') throw new Error(answer.resultType);
      const counts = answer.result.map(({ metric, values }) => [
        metric,
        values.reduce((sum, [, value]) => sum + Number(value), 0),
        values.every(([seconds]) => seconds % 60 === 0),
      ]);
      expect(counts).toEqual([
        [{ detected_level: 'error' }, 12, true],
        [{ detected_level: 'info' }, 108, true],
      ]);
    });

    test('labels, their values, series, statistics', async () => {
      const bounds = GrafanaClient.bounds(HOUR);
      expect(await grafana.resource('labels', bounds)).toEqual({
        status: 'success',
        data: ['app', 'namespace', 'service_name'],
      });
      expect(await grafana.resource('labels', { ...bounds, query: '{app="web"}' })).toMatchObject({
        data: ['app', 'namespace', 'service_name'],
      });
      expect(await grafana.resource('label/app/values', { ...bounds, query: '{namespace="shop"}' })).toEqual({
        status: 'success',
        data: ['api', 'web'],
      });
      const { data } = await grafana.resource<{ data: object[] }>('series', { ...bounds, 'match[]': '{app="web"}' });
      expect(data).toEqual([{ app: 'web', namespace: 'shop', service_name: 'web' }]);
      const stats = await grafana.resource('index/stats', { ...bounds, query: '{namespace="shop"}' });
      expect(stats).toMatchObject({ streams: 2, entries: 180, bytes: aNumber, chunks: aNumber });
    });

    test('a query is formatted; a wrong one says why', async () => {
      const query = 'sum  by (app)(rate({app="api"}[1m]))';
      expect(await grafana.resource('format_query', { query })).toEqual({
        status: 'success',
        data: 'sum by (app)(rate({app="api"}[1m]))',
      });
      await expect(grafana.resource('format_query', { query: '{' })).rejects.toThrow(/400 .*"status":"invalid-query"/);
      await expect(grafana.range({ expr: '{app="api"', range: HOUR })).rejects.toThrow(
        '400 parse error at line 1, col 11',
      );
    });

    test('more of it by scrolling', async () => {
      const first = await grafana.range({ expr: '{app="web"}', range: HOUR, maxLines: 25 });
      if (first.resultType !== 'streams') throw new Error(first.resultType);
      const seen = first.result.flatMap(({ values }) => values.map(([timestamp]) => timestamp));
      const oldest = seen.reduce((a, b) => (BigInt(a) < BigInt(b) ? a : b));
      const toMs = Number(BigInt(oldest) / 1_000_000n);
      const next = await grafana.range({
        expr: '{app="web"}',
        range: { fromMs: HOUR.fromMs, toMs },
        maxLines: 100,
        source: 'infinitescroll',
      });
      if (next.resultType !== 'streams') throw new Error(next.resultType);
      expect(next.result.flatMap(({ values }) => values)).toHaveLength(60 - 25);
    });
  });

  describe('the context of a line', () => {
    test('what was before it and after it', async () => {
      const [timestamp, line] = lineAt(50);
      const atMs = Number(BigInt(timestamp) / 1_000_000n);
      const ask = async (direction: 'backward' | 'forward') => {
        const range =
          direction === 'backward'
            ? { fromMs: atMs - 7_200_000, toMs: atMs }
            : { fromMs: atMs, toMs: atMs + 7_200_000 };
        const answer = await grafana.range({ expr: '{app="api", namespace="shop"}', range, direction, maxLines: 5 });
        if (answer.resultType !== 'streams') throw new Error(answer.resultType);
        return answer.result
          .flatMap(({ values }) => values)
          .sort(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : 1))
          .map(([, text]) => text);
      };
      expect(await ask('backward')).toEqual([45, 46, 47, 48, 49].map((i) => lineAt(i)[1]));
      expect(await ask('forward')).toEqual([line, ...[51, 52, 53, 54].map((i) => lineAt(i)[1])]);
    });
  });

  describe('a dashboard', () => {
    test.each([
      ['rate', 'sum by (app) (rate({namespace="shop"}[5m0s]))', '5m0s', 2],
      ['logs per interval', 'sum(count_over_time({app=~"api|web"} |~ "(?i)DONE" [30s]))', '30s', 1],
      ['quantile', 'quantile_over_time(0.95, {app="api"} | logfmt | unwrap duration(dur) [1m]) by (app)', '1m0s', 1],
      ['fraction', 'sum(rate({app="api"} |= "500" [2m])) / sum(rate({app="api"}[2m]))', '2m0s', 1],
      ['top', 'topk(2, sum by (app) (count_over_time({namespace="shop"}[1h])))', '1h0m0s', 2],
      ['milliseconds', 'sum(count_over_time({app="api"}[500ms]))', '500ms', 1],
    ])('%s', async (_, expr, step, series) => {
      const answer = await grafana.range({ expr, step, range: HOUR });
      expectGrafanaForm(answer);
      expect(answer.resultType).toBe('matrix');
      expect(answer.result).toHaveLength(series);
    });

    test('an instant query over the whole range', async () => {
      const answer = await grafana.instant({
        expr: 'sum by (app) (count_over_time({namespace="shop"}[3600s]))',
        range: HOUR,
      });
      expectGrafanaForm(answer);
      expect(answer.resultType).toBe('vector');
      expect(answer.result).toMatchObject([
        { metric: { app: 'api' }, value: [aNumber, '120'] },
        { metric: { app: 'web' }, value: [aNumber, '60'] },
      ]);
    });

    test('a number', async () => {
      const answer = await grafana.instant({ expr: '1 + 1', range: HOUR });
      expectGrafanaForm(answer);
      expect(answer).toMatchObject({ resultType: 'scalar', result: [aNumber, '2'] });
    });
  });

  describe('Drilldown', () => {
    const bounds = GrafanaClient.bounds(HOUR);

    test('services by volume', async () => {
      const volume = await grafana.resource<{
        data: { resultType: string; result: { metric: object; value: unknown }[] };
      }>('index/volume', { ...bounds, query: '{service_name=~`.+`}', limit: '5000', targetLabels: 'service_name' });
      expect(volume.data.resultType).toBe('vector');
      expect(volume.data.result.map(({ metric }) => metric)).toEqual([
        { service_name: 'api' },
        { service_name: 'web' },
      ]);
      for (const { value } of volume.data.result) expect(value).toEqual([aNumber, expect.stringMatching(/^\d+$/)]);
    });

    test('levels, logs and a field of a service', async () => {
      const levels = await grafana.range({
        expr: 'sum(count_over_time({service_name=`api`} | detected_level != `` [10s])) by (detected_level)',
        range: HOUR,
        step: '10s',
      });
      expect(levels.resultType === 'matrix' && levels.result.map(({ metric }) => metric)).toEqual([
        { detected_level: 'error' },
        { detected_level: 'info' },
      ]);
      const logs = await grafana.range({
        expr: '{service_name=`api`} | logfmt | json | drop __error__, __error_details__ | status=`500`',
        range: HOUR,
        maxLines: 1000,
      });
      expectGrafanaForm(logs);
      if (logs.resultType !== 'streams') throw new Error(logs.resultType);
      expect(logs.result.flatMap(({ values }) => values)).toHaveLength(12);
    });

    test('labels and fields that were detected', async () => {
      const labels = await grafana.resource<{ detectedLabels: { label: string; cardinality: number }[] }>(
        'detected_labels',
        {
          ...bounds,
          query: '{service_name=`api`}',
        },
      );
      expect(labels.detectedLabels).toContainEqual({ label: 'namespace', cardinality: 1 });
      const { fields } = await grafana.resource<{ fields: object[] }>('detected_fields', {
        ...bounds,
        query: '{service_name=`api`}',
        line_limit: '1000',
      });
      expect(fields).toContainEqual({ label: 'status', type: 'int', cardinality: 2, parsers: ['logfmt'] });
      expect(fields).toContainEqual({ label: 'dur', type: 'duration', cardinality: LINES, parsers: ['logfmt'] });
      expect(fields).toContainEqual({ label: 'trace_id', type: 'string', cardinality: LINES, parsers: null });
      expect(
        await grafana.resource('detected_field/status/values', {
          ...bounds,
          query: '{service_name=`api`}',
          line_limit: '1000',
        }),
      ).toMatchObject({ values: expect.arrayContaining(['200', '500']) as unknown });
    });

    test('patterns', async () => {
      const { data } = await grafana.resource<{ data: { pattern: string; samples: [number, number][] }[] }>(
        'patterns',
        {
          ...bounds,
          query: '{service_name=`api`}',
          step: '10s',
        },
      );
      expect(data.length).toBeGreaterThan(0);
      expect(data.every(({ pattern }) => pattern.includes('<_>'))).toBe(true);
      const counted = data.flatMap(({ samples }) => samples).reduce((sum, [, count]) => sum + count, 0);
      expect(counted).toBe(LINES);
    });

    test('limits', async () => {
      expect(await grafana.resource('drilldown-limits', {})).toMatchObject({
        limits: { volume_enabled: true, max_query_series: aNumber, discover_log_levels: true },
        pattern_ingester_enabled: true,
        version: aString,
      });
    });
  });
});

test('answers are compressed for Grafana', async () => {
  const params = new URLSearchParams({ query: '{app="api"}', limit: '1000' });
  const response = await fetch(`${server.url}/loki/api/v1/query_range?${params.toString()}`, {
    headers: { 'Accept-Encoding': 'gzip' },
  });
  expect([response.status, response.headers.get('content-encoding')]).toEqual([200, 'gzip']);
  expect(((await response.json()) as { status: string }).status).toBe('success');
});

test('live: new lines of a query come over a WebSocket', async () => {
  const tail = await TailClient.open(
    server.url,
    { query: '{app="live"} |= "new"' },
    { 'X-Loki-Response-Encoding-Flags': 'categorize-labels' },
  );
  const now = BigInt(Date.now()) * 1_000_000n;
  await push(server.url, { app: 'live' }, [
    [String(now), 'a new line', { trace_id: 't1' }],
    [String(now + 1n), 'an old line'],
    [String(now + 2n), 'another new line'],
  ]);
  await tail.until(2);
  expect(tail.lines).toEqual(['a new line', 'another new line']);
  expect(tail.frames[0]?.encodingFlags).toEqual(['categorize-labels']);
  expect(tail.entries[0]?.categories).toEqual({ structuredMetadata: { detected_level: 'unknown', trace_id: 't1' } });
  await tail.close();
});
