import { writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TailClient } from '../support/tail-client.ts';

/**
 * Two servers take the same pushes of one tenant; on one of them another tenant has pushed as well, under the same
 * labels and times. Whatever the first tenant asks, both servers must answer alike, and nothing of the other tenant may
 * be in the answer. Operators' pages (/metrics, /config, /flush) belong to no tenant.
 */

const SECOND = 1_000_000_000n;
const START = 1_768_471_200n;
const END = START + 3600n;
/** In every label, line and metadata value that only the other tenant has. */
const SECRET = 'othersecret';
const TENANT = 'mine';
const OTHER = 'other';

interface Side {
  readonly server: ServerProcess;
  readonly remove: () => Promise<void>;
}
let alone: Side;
let shared: Side;

beforeAll(async () => {
  [alone, shared] = await Promise.all([start(), start(`other: {discover_service_name: [${SECRET}]}`)]);
  for (const part of [0, 1]) {
    await pushData(shared, OTHER, SECRET, part, 500);
    await pushData(shared, TENANT, 'own', part, 300);
    await pushData(alone, TENANT, 'own', part, 300);
    await pushData(shared, OTHER, SECRET, part + 2, 500);
    // The first part lies in chunks, the second in the head.
    if (part === 0) await Promise.all([flush(alone), flush(shared)]);
  }
});

afterAll(async () => {
  await Promise.all([alone.server.stop(), shared.server.stop()]);
  await Promise.all([alone.remove(), shared.remove()]);
});

/** `overrides`: limits that only the other tenant has. */
async function start(overrides = ''): Promise<Side> {
  const { directory, remove } = await temporaryDirectory();
  const file = path.join(directory, 'overrides.yaml');
  await writeFile(file, `overrides: {${overrides}}\n`);
  // One worker: what is read before a limit stops the query does not depend on timing then.
  const server = await ServerProcess.start(path.join(directory, 'data'), [
    '-auth.enabled=true',
    '-querier.workers=1',
    `-runtime-config.file=${file}`,
  ]);
  return { server, remove };
}

async function flush({ server }: Side): Promise<void> {
  expect((await fetch(`${server.url}/flush`, { method: 'POST' })).status).toBe(204);
}

async function pushTo({ server }: Side, tenant: string, body: unknown): Promise<Response> {
  return await fetch(`${server.url}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Scope-OrgID': tenant },
    body: JSON.stringify(body),
  });
}

/** Streams with labels that both tenants have, and one with labels that only this one has. */
async function pushData(side: Side, tenant: string, word: string, part: number, count: number): Promise<void> {
  const labels = [{ app: 'shop', env: 'prod' }, { app: 'cart', env: 'prod' }, { [`${word}_name`]: `${word}-value` }];
  const streams = labels.map((stream, s) => ({
    stream,
    values: Array.from({ length: count }, (_, i) => [
      String((START + BigInt((part * 900 + s + i * 3) % 3600)) * SECOND),
      `level=${i % 3 === 0 ? 'error' : 'info'} user=${word}${i} of=${word} ms=${i * (part + 1)}`,
      { trace: `${word}-${i}`, [`${word}_meta`]: 'x' },
    ]),
  }));
  const response = await pushTo(side, tenant, { streams });
  expect(response.status, await response.text()).toBe(204);
}

const selector = fc.constantFrom(
  ...[
    '{app="shop"}',
    '{app=~".+"}',
    '{env="prod"}',
    '{app=~"shop|cart", env!=""}',
    '{service_name=~".+"}',
    '{__tenant_id__=""}',
  ],
  ...['{app="shop", __tenant_id__="other"}', '{__tenant_id__=~".*", app="shop"}', '{othersecret_name=~".+"}', '{}'],
);
const stage = fc.constantFrom('', ' |= "user"', ' |= "othersecret"', ' | logfmt', ' | logfmt | ms > 100', ' | json');
const logQuery = fc.tuple(selector, stage, stage).map((parts) => parts.join(''));
const metricQuery = fc
  .tuple(
    fc.constantFrom('count_over_time', 'rate', 'bytes_over_time', 'absent_over_time'),
    logQuery,
    fc.constantFrom('', 'sum', 'sum by (app)', 'sum by (user)', 'topk(3, ', 'count'),
  )
  .map(([op, log, outer]) => {
    const range = `${op}(${log} [5m])`;
    if (outer === '') return range;
    return outer.endsWith(', ') ? `${outer}${range})` : `${outer} (${range})`;
  });
const name = fc.constantFrom('app', 'env', 'service_name', 'othersecret_name', '__tenant_id__', '..%2fother', 'user');

/** An endpoint and a query that it takes. */
const LOG = [
  'loki/api/v1/query_range',
  'api/prom/query',
  'loki/api/v1/detected_fields',
  'skald/api/v1/explain',
  'loki/api/v1/format_query',
];
const METRIC = ['loki/api/v1/query_range', 'loki/api/v1/query', 'skald/api/v1/explain'];
const SELECTOR = [
  ...[
    'series',
    'labels',
    'label',
    'detected_labels',
    'index/stats',
    'index/volume',
    'index/volume_range',
    'patterns',
  ].map((path) => `loki/api/v1/${path}`),
  ...['api/prom/label', 'api/prom/series'],
];
const question = fc.oneof(
  fc.tuple(fc.constantFrom(...LOG), logQuery),
  fc.tuple(fc.constantFrom(...METRIC), metricQuery),
  fc.tuple(fc.constantFrom(...SELECTOR), selector),
  fc.tuple(
    fc.tuple(fc.constantFrom('loki/api/v1', 'api/prom'), name).map(([root, label]) => `${root}/label/${label}/values`),
    selector,
  ),
  fc.tuple(
    name.map((field) => `loki/api/v1/detected_field/${field}/values`),
    logQuery,
  ),
);
/** What a tenant could try in place of its own name. Every one of them is no tenant at all, or an unknown one. */
const tenant = fc.oneof(
  { weight: 40, arbitrary: fc.constant(TENANT) },
  {
    weight: 10,
    arbitrary: fc.constantFrom(
      'mine|other',
      'mine|',
      'mine/../other',
      '../other',
      '..',
      'mine%7Cother',
      'OTHER',
      'othe',
      'other/',
    ),
  },
);
const params = fc.record(
  {
    'match[]': selector,
    start: fc.constantFrom(String(START), String(START + 600n)),
    end: fc.constantFrom(String(END), String(END - 600n)),
    time: fc.constantFrom(String(START + 1200n), String(START + 3000n)),
    step: fc.constantFrom('60', '300'),
    limit: fc.constantFrom('1', '10', '1000'),
    direction: fc.constantFrom('forward', 'backward'),
    analyze: fc.constantFrom('true', 'false'),
    targetLabels: fc.constantFrom('app', 'othersecret_name', '__tenant_id__'),
    aggregateBy: fc.constantFrom('series', 'labels'),
  },
  { requiredKeys: ['start', 'end'] },
);

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
}

async function ask({ server }: Side, path: string, as: string, form: Record<string, string>): Promise<Answer> {
  const response = await fetch(`${server.url}/${path}?${new URLSearchParams(form).toString()}`, {
    headers: { 'X-Scope-OrgID': as },
  });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

/** Times and what follows from them, and names of chunks: they differ between any two runs. */
const VOLATILE = /ms$|time$|persecond$/i;

function comparable({ status, type, text }: Answer): unknown {
  let body: unknown = text;
  if (type?.startsWith('application/json') === true) {
    body = JSON.parse(text, (key, value: unknown) => (VOLATILE.test(key) ? undefined : value));
  }
  return { status, type, body };
}

test('a tenant sees what it would see alone', { timeout: 120_000 }, async () => {
  let answered = 0;
  const property = fc.asyncProperty(question, tenant, params, fc.boolean(), async ([path, query], as, rest, warm) => {
    const time = rest.time ?? (path.endsWith('/query') ? String(END) : undefined);
    const form = { ...rest, query, ...(time === undefined ? {} : { time }) };
    // What the other tenant asked before, or asks at the same time, is nothing to this one.
    const others = ask(shared, path, OTHER, form);
    if (warm) await others;
    const [expected, answer] = await Promise.all([ask(alone, path, as, form), ask(shared, path, as, form), others]);
    expect(comparable(answer)).toEqual(comparable(expected));
    if (!JSON.stringify([path, form]).includes(SECRET)) expect(answer.text).not.toContain(SECRET);
    if (answer.status === 200 && answer.text.length > '{"status":"success"}\n'.length) answered++;
  });
  await fc.assert(property, { numRuns: 500 });
  // Most requests must have had something to say, or all of this shows nothing.
  expect(answered).toBeGreaterThan(100);
});

test.each([
  'loki/api/v1/query_range',
  'loki/api/v1/labels',
  'loki/api/v1/label/othersecret_name/values',
  'loki/api/v1/series',
  'loki/api/v1/detected_fields',
  'loki/api/v1/detected_labels',
  'loki/api/v1/patterns',
  'api/prom/query',
  'api/prom/series',
])('%s has something to hide', async (path) => {
  const form = { query: '{service_name=~".+"}', start: String(START), end: String(END), limit: '5000' };
  expect((await ask(shared, path, OTHER, form)).text).toContain(SECRET);
});

test('EXPLAIN counts what the tenant has', async () => {
  const form = { query: '{app=~".+"}', start: String(START), end: String(END) };
  const rows = async (side: Side, as: string) =>
    /"rows":(\d+)/.exec((await ask(side, 'skald/api/v1/explain', as, form)).text)?.[1];
  expect(await rows(shared, TENANT)).toBe(await rows(alone, TENANT));
  expect(await rows(shared, OTHER)).not.toBe(await rows(shared, TENANT));
});

test('refused pushes name nothing of another tenant', async () => {
  const at = String(START * SECOND);
  for (const body of [
    { streams: [] },
    { streams: [{ stream: { 'bad-name': 'x' }, values: [[at, 'x']] }] },
    { streams: [{ stream: { app: 'shop' }, values: [[at, 'x'.repeat(300_000)]] }] },
    { streams: [{ stream: { app: 'v'.repeat(5000) }, values: [[at, 'x']] }] },
  ]) {
    const [expected, answer] = await Promise.all([alone, shared].map(async (side) => await pushTo(side, TENANT, body)));
    const text = await answer?.text();
    expect([answer?.status, text]).toEqual([expected?.status, await expected?.text()]);
    expect(text).not.toContain(SECRET);
  }
});

test('limits of another tenant are not shown', async () => {
  for (const page of ['config/tenant/v1/limits', 'loki/api/v1/drilldown-limits']) {
    const [expected, answer] = await Promise.all([ask(alone, page, TENANT, {}), ask(shared, page, TENANT, {})]);
    expect(answer).toEqual(expected);
    expect((await ask(shared, page, OTHER, {})).text).toContain(SECRET);
  }
});

describe('rules', () => {
  const rules = async (as: string, rest = '', method = 'GET', body?: string): Promise<Answer> => {
    const response = await fetch(`${shared.server.url}/loki/api/v1/rules${rest}`, {
      method,
      headers: { 'X-Scope-OrgID': as, 'Content-Type': 'application/yaml' },
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  };
  const group = (name: string) =>
    `name: ${name}\nrules: [{record: ${name}:lines, expr: 'sum(count_over_time({app="shop"}[5m]))'}]\n`;

  beforeAll(async () => {
    expect((await rules(OTHER, `/${SECRET}-space`, 'POST', group(SECRET))).status).toBe(202);
    expect((await rules(TENANT, '/space', 'POST', group('own'))).status).toBe(202);
  });

  test('each tenant has its own', async () => {
    expect((await rules(OTHER)).text).toContain(SECRET);
    const own = await rules(TENANT);
    expect(own.text).toContain('own:lines');
    expect(own.text).not.toContain(SECRET);
    for (const view of ['prometheus/api/v1/rules', 'prometheus/api/v1/alerts']) {
      expect((await ask(shared, view, TENANT, {})).text).not.toContain(SECRET);
    }
  });

  test.each(['', '%2f..%2fother', '..%2f..%2fother', '%2e%2e%2fother', '..'])(
    'a namespace is no way to another tenant: %s',
    async (prefix) => {
      const path = `/${prefix}${prefix === '' ? '' : '%2f'}${SECRET}-space`;
      const [read, readGroup] = [await rules(TENANT, path), await rules(TENANT, `${path}/${SECRET}`)];
      for (const answer of [read, readGroup]) {
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(answer.text).not.toContain(`${SECRET}:lines`);
      }
      await rules(TENANT, path, 'DELETE');
      expect((await rules(OTHER)).text).toContain(`${SECRET}:lines`);
    },
  );
});

test('a tail gets what its own tenant pushes', async () => {
  const tail = await TailClient.open(shared.server.url, { query: '{app="live"}' }, { 'X-Scope-OrgID': TENANT });
  const value = (line: string) => [[`${Date.now()}000000`, line]];
  for (let i = 0; i < 10; i++) {
    await pushTo(shared, OTHER, { streams: [{ stream: { app: 'live' }, values: value(`${SECRET} ${i}`) }] });
    await pushTo(shared, TENANT, { streams: [{ stream: { app: 'live' }, values: value(`own ${i}`) }] });
  }
  await tail.until(10);
  await tail.close();
  expect(tail.lines.sort()).toEqual(Array.from({ length: 10 }, (_, i) => `own ${i}`));
  expect(JSON.stringify(tail.frames)).not.toContain(SECRET);
});

/** The answer to a request whose header is given several times, or in bytes that `fetch` would not send. */
async function askRaw(values: string | string[]): Promise<{ status: number | undefined; text: string }> {
  const url = new URL(`${shared.server.url}/loki/api/v1/query_range`);
  const range = { start: String(START), end: String(END) };
  url.search = new URLSearchParams({ query: '{service_name=~".+"}', ...range }).toString();
  return await new Promise((resolve, reject) => {
    const request = httpRequest(url, { headers: { 'X-Scope-OrgID': values } }, (response) => {
      let text = '';
      response.on('data', (data: Buffer) => (text += data.toString()));
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    request.on('error', reject);
    request.end();
  });
}

test.each([
  [['mine', 'other']],
  [['mine', '']],
  ['mine,other'],
  ['mine\tother'],
  [Buffer.from('mineö').toString('latin1')],
  ['mine;other'],
  ['"other"'],
  ['%6fther'],
  ['mine\u00a0'],
])('a header that is no tenant: %j', async (values) => {
  const { status, text } = await askRaw(values);
  expect(status).toBe(400);
  expect(text).not.toContain(SECRET);
  expect((await askRaw('other')).text).toContain(SECRET);
});
