import { beforeAll, describe, expect, test } from 'vitest';
import { get, push, type PushValue } from '../support/loki-client.ts';
import { ServerForTests } from '../support/server-for-tests.ts';

const START_S = Math.floor(Date.now() / 1000) - 600;
const RANGE = { start: String(START_S), end: String(START_S + 300) };
const LINES = 50;

/** The lines whose answers were recorded from Loki. */
function opsLines(): PushValue[] {
  return Array.from({ length: LINES }, (_, i) => [
    `${START_S + i}000000000`,
    `ts=${i} level=${i % 2 === 0 ? 'info' : 'error'} msg="user ${7 * i} logged in from 10.0.0.${i}" dur=${i}ms ` +
      `size=${i}KB ok=${i % 2 === 0} f=${i / 4}`,
  ]);
}

const server = new ServerForTests();

beforeAll(async () => {
  expect((await push(server.url, { app: 'ops' }, opsLines())).status).toBe(204);
  const large: PushValue[] = Array.from({ length: 40 }, (_, i) => [
    `${START_S + 5 * i}000000000`,
    'x'.repeat(1000),
    { trace: 'y'.repeat(19) },
  ]);
  expect((await push(server.url, { app: 'large', env: 'prod' }, large)).status).toBe(204);
});

async function getJson(path: string, params: Record<string, string> = {}): Promise<unknown> {
  const response = await get(server.url, `/loki/api/v1/${path}`, { ...RANGE, ...params });
  const text = await response.text();
  expect(response.status, text).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json; charset=UTF-8');
  return JSON.parse(text) as unknown;
}

interface Volumes {
  readonly data: {
    readonly resultType: string;
    readonly result: {
      readonly metric: Record<string, string>;
      readonly value?: [number, string];
      readonly values?: [number, string][];
    }[];
  };
}

describe('volumes and statistics', () => {
  const LARGE_BYTES = Math.round((40 * 1024) / 1024) * 1024;
  const OPS_BYTES = Math.round(opsLines().reduce((sum, [, line]) => sum + line.length, 0) / 1024) * 1024;

  async function expectAll(): Promise<void> {
    expect(await getJson('index/stats', { query: '{app=~".+"}' })).toMatchObject({
      streams: 2,
      chunks: 2,
      bytes: LARGE_BYTES + OPS_BYTES,
      entries: 90,
    });
    expect(await getJson('index/volume', { query: '{app=~".+"}' })).toMatchObject({
      status: 'success',
      data: {
        resultType: 'vector',
        result: [
          { metric: { app: 'large' }, value: [START_S + 300, String(LARGE_BYTES)] },
          { metric: { app: 'ops' }, value: [START_S + 300, String(OPS_BYTES)] },
        ],
      },
    });
    const labels = (await getJson('index/volume', { query: '{}', aggregateBy: 'labels' })) as Volumes;
    expect(labels.data.result.map(({ metric, value }) => [metric, Number(value?.[1])])).toEqual([
      [{ app: '' }, LARGE_BYTES + OPS_BYTES],
      [{ service_name: '' }, LARGE_BYTES + OPS_BYTES],
      [{ env: '' }, LARGE_BYTES],
    ]);
    const ranges = (await getJson('index/volume_range', { query: '{env="prod"}', step: '60' })) as Volumes;
    expect(ranges.data.resultType).toBe('matrix');
    const values = ranges.data.result[0].values ?? [];
    expect(values.reduce((sum, [, bytes]) => sum + Number(bytes), 0)).toBeCloseTo(LARGE_BYTES, -2);
  }

  test('from head, chunks, and after a restart: the same', { timeout: 60_000 }, async () => {
    await expectAll();
    expect((await fetch(`${server.url}/flush`, { method: 'POST' })).status).toBe(204);
    await expectAll();
    await server.kill();
    await server.start();
    await expectAll();
  });

  test('targets, limit, and streams without the target', async () => {
    const volumes = async (params: Record<string, string>) =>
      ((await getJson('index/volume', params)) as Volumes).data.result.map(({ metric }) => metric);
    expect(await volumes({ query: '{app=~".+"}', targetLabels: 'env' })).toEqual([{ env: 'prod' }]);
    expect(await volumes({ query: '{app=~".+"}', limit: '1' })).toEqual([{ app: 'large' }]);
    expect(await volumes({ query: '{app=~".+"}', limit: '0' })).toHaveLength(2);
    expect(await volumes({ query: '{}' })).toEqual([
      { app: 'large', env: 'prod', service_name: 'large' },
      { app: 'ops', service_name: 'ops' },
    ]);
    expect(await volumes({ query: '{app="none"}' })).toEqual([]);
  });

  test.each([
    ['index/stats', { query: '{app="ops"} |= "x"' }, 'only label matchers are supported'],
    ['index/stats', { query: '' }, 'parse error'],
    ['index/volume', { query: '{app="ops"}', aggregateBy: 'x' }, 'invalid aggregation option'],
    ['index/volume', { query: '{app="ops"}', limit: '-1' }, 'limit must be a positive value'],
    ['index/volume_range', { query: '{app="ops"}', step: '0' }, 'zero or negative query resolution step widths'],
    ['index/volume_range', { query: '{app="ops"}', step: '0.001' }, 'exceeded maximum resolution of 11,000 points'],
    ['index/volume', { query: '{app="ops"}', start: '2', end: '1' }, 'end timestamp must not be before'],
  ])('%s %j is refused', async (path, params, message) => {
    const response = await get(server.url, `/loki/api/v1/${path}`, { ...RANGE, ...params });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(message);
  });
});

describe('detected fields and labels', () => {
  interface Fields {
    readonly fields: { label: string }[];
    readonly limit: number;
  }
  const logfmt = (label: string, type: string, cardinality = LINES) => ({
    label,
    type,
    cardinality,
    parsers: ['logfmt'],
  });
  const OPS_FIELDS = [
    logfmt('dur', 'duration'),
    { label: 'detected_level', type: 'string', cardinality: 2, parsers: null },
    logfmt('f', 'int'),
    logfmt('level', 'string', 2),
    logfmt('msg', 'string'),
    logfmt('ok', 'boolean', 2),
    logfmt('size', 'bytes'),
    logfmt('ts', 'int'),
  ];

  test.each(['{app="ops"}', '{app="ops"} | logfmt'])('%s: as recorded from Loki', async (query) => {
    const { fields, limit } = (await getJson('detected_fields', { query })) as Fields;
    expect(limit).toBe(1000);
    const byLabel = new Map(fields.map((field) => [field.label, field]));
    expect(byLabel.size).toBe(OPS_FIELDS.length);
    for (const field of OPS_FIELDS) expect(byLabel.get(field.label)).toEqual(field);
  });

  test('field and line limits', async () => {
    const limited = (await getJson('detected_fields', { query: '{app="ops"}', limit: '3' })) as Fields;
    expect(limited.fields).toHaveLength(3);
    expect(limited.limit).toBe(3);
    const lines = (await getJson('detected_fields', { query: '{app="ops"}', line_limit: '5' })) as Fields;
    expect(lines.fields).toContainEqual(logfmt('ts', 'int', 5));
    expect(await getJson('detected_fields', { query: '{app="none"}' })).toEqual({});
  });

  test('values of a field: sizes in one form', async () => {
    const values = async (name: string) =>
      (await getJson(`detected_field/${name}/values`, { query: '{app="ops"}' })) as { values: string[] };
    expect((await values('size')).values).toHaveLength(LINES);
    expect((await values('size')).values).toEqual(expect.arrayContaining(['0B', '1.0kB', '9.0kB', '10kB', '49kB']));
    expect((await values('detected_level')).values.sort()).toEqual(['error', 'info']);
    expect(await values('none')).toEqual({});
  });

  test('labels', async () => {
    const { detectedLabels } = (await getJson('detected_labels', { query: '{app=~".+"}' })) as {
      detectedLabels: { label: string }[];
    };
    expect(detectedLabels.sort((a, b) => (a.label < b.label ? -1 : 1))).toEqual([
      { label: 'app', cardinality: 2 },
      { label: 'env', cardinality: 1 },
      { label: 'service_name', cardinality: 2 },
    ]);
    expect(await getJson('detected_labels', { query: '{app="none"}' })).toEqual({});
  });

  test.each([
    ['sum(rate({app="ops"}[1m]))', {}, 'only log selector is supported'],
    ['{app="ops"', {}, 'parse error'],
    ['{app="ops"}', { line_limit: '6000' }, 'max entries limit per query exceeded'],
    ['{app="ops"}', { line_limit: '0' }, 'limit must be a positive value'],
  ])('%s %j is refused', async (query, params, message) => {
    const response = await get(server.url, '/loki/api/v1/detected_fields', { ...RANGE, ...params, query });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(message);
  });
});
