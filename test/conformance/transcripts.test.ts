import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { push, getData, type LogStream } from '../support/loki-client.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { hasShared } from '../support/shared-material.ts';
import { replay, shapeOf, sortedLists, without, withShapesOf, type Answer } from './transcripts/replay.ts';
import { Transcript, type Exchange, type Topic } from './transcripts/transcript.ts';

/**
 * Whole exchanges with Loki, sent to skald in the same order: the same statuses, headers and bodies, but for what
 * `DIFFERENCES` says.
 */

/** What stands in for equal bodies, by name of the exchange, and why. */
type Compare = (answer: unknown, recorded: unknown) => void;
type Differences = Readonly<Record<string, Compare>>;

const keysOf = (value: unknown): string[] => Object.keys(value as object).sort();

/** Numbers that Loki only estimates, or counts without the head. */
const sameShape: Compare = (answer, recorded) => expect(shapeOf(answer)).toEqual(shapeOf(recorded));

const DIFFERENCES: Readonly<Record<Exclude<Topic, 'tail' | 'levels'>, Differences>> = {
  tenants: {
    'index/stats': sameShape,
    volume: (answer, recorded) => {
      const withoutBytes = (body: unknown) => withShapesOf(body, ['value', 'stats']);
      expect(withoutBytes(answer)).toEqual(withoutBytes(recorded));
    },
    // Limits of Loki that have no meaning here are left out.
    'limits of a tenant': (answer, recorded) => expectLimits(parse(answer as string), parse(recorded as string)),
    'drilldown-limits': (answer, recorded) => expectDrilldown(answer, recorded),
  },
  otlp: {},
  limits: {
    // The moment of the recording is in the text.
    'too old (limit 2h)': (answer, recorded) => expect(withoutTimes(answer)).toBe(withoutTimes(recorded)),
    'too new (grace 10m)': (answer, recorded) => expect(withoutTimes(answer)).toBe(withoutTimes(recorded)),
  },
  ops: {
    // Modules differ; what is said of each does not.
    services: (answer) => expect(answer).toMatch(/^(?:[a-z-]+ => Running\n)+$/),
    log_level: (answer, recorded) => expect(keysOf(answer)).toEqual(keysOf(recorded)),
    // The recording is cut, so that it is no YAML.
    config: (answer, recorded) => {
      const keys = (text: unknown) => Array.from(String(text).matchAll(/^(\w+):/gm), ([, key]) => key);
      const common = ['target', 'server', 'querier'];
      expect(keys(recorded)).toEqual(expect.arrayContaining(common));
      expect(keys(answer)).toEqual(expect.arrayContaining(common));
    },
    buildinfo: (answer, recorded) => {
      expect(keysOf(answer)).toEqual(keysOf(recorded));
      expect((answer as { version: string }).version).toBe((recorded as { version: string }).version);
    },
    'ring json': (answer, recorded) => {
      expect(keysOf(answer)).toEqual(keysOf(recorded));
      const [shard, other] = [answer, recorded].map((body) => (body as { shards: { state: string }[] }).shards[0]);
      expect([keysOf(shard), shard?.state]).toEqual([keysOf(other), other?.state]);
    },
    'drilldown-limits': (answer, recorded) => expectDrilldown(answer, recorded),
    'detected_field values': (answer, recorded) =>
      expect(sortedLists(answer, ['values'])).toEqual(sortedLists(recorded, ['values'])),
    // Which fields stay within the limit is an accident of Go's maps.
    'detected_fields with parser': (answer, recorded) => {
      const [found, expected] = [answer, recorded].map((body) => (body as { fields: unknown[] }).fields);
      expect(found?.length).toBe(expected?.length);
      expect(shapeOf((found as object[]).map(keysOf))).toEqual(shapeOf((expected as object[]).map(keysOf)));
    },
    // Loki leaves out patterns with few lines.
    patterns: (answer) => expect(answer).toMatchObject({ status: 'success', data: expect.any(Array) as unknown }),
  },
};

/** Loki answers 500: it cannot print its own configuration. */
const LEFT_OUT = ['config diff'];

/** Lists without an order of their own. */
const UNORDERED = ['fields', 'detectedLabels'];

/** Of `stats` only the shape counts. `recvWaitTime` is there when it is not zero, which is by chance. */
function expectSame(answer: unknown, recorded: unknown): void {
  const comparable = (body: unknown) => sortedLists(withShapesOf(without(body, 'recvWaitTime'), ['stats']), UNORDERED);
  expect(comparable(answer)).toEqual(comparable(recorded));
}

function withoutTimes(text: unknown): string {
  return String(text).replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME');
}

const NOT_THERE = ['metric_aggregation_enabled', 'pattern_persistence_enabled'];

function expectLimits(answer: unknown, recorded: unknown): void {
  const expected = Object.entries(recorded as object).filter(([name]) => !NOT_THERE.includes(name));
  expect(answer).toEqual(Object.fromEntries(expected));
}

function expectDrilldown(answer: unknown, recorded: unknown): void {
  const { limits, ...rest } = answer as { limits: object };
  const { limits: recordedLimits, ...recordedRest } = recorded as { limits: object };
  expect(rest).toEqual(recordedRest);
  expectLimits(limits, recordedLimits);
}

/** The configuration that Loki had for a topic. */
const LARGE = `
limits_config: &limits
  max_entries_limit_per_query: 100000
  max_query_series: 100000
  max_query_length: 0s
  query_timeout: 10m
  volume_max_series: 100000
  max_label_names_per_series: 30
`;
const CONFIGURATIONS: Readonly<Record<Topic, string>> = {
  tenants: `auth_enabled: true\nquerier: {multi_tenant_queries_enabled: true}${LARGE}`,
  otlp: `${LARGE}  reject_old_samples: false\n`,
  levels: LARGE,
  ops: LARGE,
  tail: LARGE,
  limits: `
limits_config:
  max_line_size: 200B
  max_label_names_per_series: 3
  max_label_name_length: 20
  max_label_value_length: 30
  reject_old_samples: true
  reject_old_samples_max_age: 2h
  max_structured_metadata_entries_count: 3
  max_structured_metadata_size: 100B
  max_global_streams_per_user: 5
  per_stream_rate_limit: 2KB
  per_stream_rate_limit_burst: 4KB
  ingestion_rate_mb: 0.02
  ingestion_burst_size_mb: 0.06
  max_entries_limit_per_query: 10
  max_query_series: 3
  max_query_length: 2h
  max_query_range: 30m
`,
};

async function startServer(topic: Topic): Promise<{ server: ServerProcess; stop: () => Promise<void> }> {
  const { directory, remove } = await temporaryDirectory();
  const config = path.join(directory, 'config.yaml');
  await writeFile(config, CONFIGURATIONS[topic]);
  const server = await ServerProcess.start(path.join(directory, 'data'), [`-config.file=${config}`]);
  const stop = async (): Promise<void> => {
    await server.stop();
    await remove();
  };
  return { server, stop };
}

describe.skipIf(!hasShared('conformance/transcripts')).each(['tenants', 'otlp', 'limits', 'ops'] as const)(
  'exchanges recorded from Loki: %s',
  (topic) => {
    const transcript = new Transcript<Partial<Exchange> & { name: string }>(topic) as Transcript;
    const exchanges = transcript.items.filter(
      (item) => (item.response as unknown) !== undefined && !LEFT_OUT.includes(item.name),
    );
    const answers: Answer[] = [];
    let discards: readonly string[] = [];
    let stop: () => Promise<void>;

    // In their order, since each builds on what was pushed before it.
    beforeAll(async () => {
      const started = await startServer(topic);
      stop = started.stop;
      for (const exchange of exchanges) answers.push(await replay(started.server.url, exchange, transcript));
      if (topic === 'limits') discards = await discardsOf(started.server.url);
    });
    afterAll(async () => await stop());

    test.each(exchanges.map((exchange, i) => [exchange.name, exchange.response, i] as const))(
      '%s',
      (name, { status, headers, body }, i) => {
        const answer = answers[i];
        expect([answer.status, answer.headers], JSON.stringify(answer.body)).toEqual([status, headers]);
        const compare = DIFFERENCES[topic][name] ?? expectSame;
        compare(answer.body, body);
      },
    );

    if (topic !== 'limits') return;
    test('metrics of discarded entries', () => {
      const { items } = new Transcript<{ name: string; text?: string[] }>(topic);
      const recorded = items.find(({ name }) => name === 'discard metrics')?.text ?? [];
      const samples = recorded.filter((line) => !line.startsWith('#'));
      expect(samples.length).toBeGreaterThan(20);
      expect(discards.map(canonicalSample).sort()).toEqual(samples.map(canonicalSample).sort());
    });
  },
);

/** `name{labels} value` of the metrics of discarded entries. */
async function discardsOf(url: string): Promise<string[]> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text.split('\n').filter((line) => line.startsWith('loki_discarded_'));
}

function canonicalSample(line: string): string {
  const [, name = '', labels = '', value = ''] = /^(\w+)\{(.*)\} (.*)$/.exec(line) ?? [];
  return `${name}{${labels.split(',').sort().join(',')}} ${value}`;
}

describe.skipIf(!hasShared('conformance/transcripts'))('exchanges recorded from Loki: levels', () => {
  interface Table {
    readonly table?: readonly { readonly line: string; readonly detected_level: string }[];
  }
  const transcript = new Transcript<Exchange & Table>('levels');
  const { table = [] } = transcript.items[0] ?? {};
  const byName = (name: string) => transcript.items.find((item) => item.name === name) as Exchange;
  let server: ServerProcess;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    ({ server, stop } = await startServer('levels'));
  });
  afterAll(async () => await stop());

  test('the level of every line', async () => {
    const now = BigInt(Date.now()) * 1_000_000n;
    await push(
      server.url,
      { app: 'lines' },
      table.map(({ line }, i) => [String(now + BigInt(i)), line]),
    );
    const params = { query: '{app="lines"}', limit: '1000' };
    const { result } = await getData<{ result: LogStream[] }>(server.url, '/loki/api/v1/query_range', params);
    const found = new Map(
      result.flatMap(({ stream, values }) => values.map(([time, line]) => [time, [line, stream['detected_level']]])),
    );
    expect(table.length).toBeGreaterThan(70);
    expect(table.map((_, i) => found.get(String(now + BigInt(i))))).toEqual(
      table.map(({ line, detected_level }) => [line, detected_level]),
    );
  });

  test.each([
    ['from stream labels', []],
    ['from metadata', ['level', 'severity', 'severity_text', 'severity_number', 'lvl']],
  ])('%s', async (name, metadataNames) => {
    const exchange = byName(name);
    const body = exchange.response.body as { data: { result: LogStream[] } };
    for (const { stream, values } of body.data.result) {
      const { detected_level, service_name, ...labels } = stream;
      const metadata = Object.fromEntries(Object.entries(labels).filter(([label]) => metadataNames.includes(label)));
      // Recorded is what became of it: a level that no label tells was sent under its own name.
      if (metadataNames.length > 0 && Object.keys(metadata).length === 0) metadata['detected_level'] = detected_level;
      for (const label of Object.keys(metadata)) delete labels[label];
      expect(service_name).toBe(labels['app']);
      const entries = values.map(([time, line]) => [transcript.toNow(time), line, metadata] as const);
      expect((await push(server.url, labels, entries)).status).toBe(204);
    }
    const answer = await replay(server.url, exchange, transcript);
    expectSame(answer.body, body);
  });

  test('service names and names of metadata', async () => {
    const { items } = transcript;
    for (const exchange of items.slice(3)) {
      const answer = await replay(server.url, exchange, transcript);
      expect([answer.status, answer.headers], exchange.name).toEqual([
        exchange.response.status,
        exchange.response.headers,
      ]);
      const inOrder = (body: unknown) => sortedLists(body, exchange.name === 'service names' ? ['data'] : []);
      expectSame(inOrder(answer.body), inOrder(exchange.response.body));
    }
  });
});
