import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { env } from 'node:process';
import { describe, expect, test } from 'vitest';
import { must } from '../../src/common/assert.ts';
import { Labels } from '../../src/common/labels.ts';
import type {
  JsonParser,
  LabelFormat,
  LabelPredicate,
  LogfmtParser,
  NumericOp,
  PatternParser,
  Stage,
} from '../../planner/ir/stage.ts';
import { compileStage } from './compile-stage.ts';
import { batchOfRows, linesOf, type TestRow } from './testing/lines-batch.ts';

/** Recorded answers of the system that skald is compatible with; they are kept outside of the repository. */
const DIRECTORY = resolve(env.SKALD_CONFORMANCE ?? join(import.meta.dirname, '../../../shared/conformance'));

/** Whether the recordings are there. A CI run without them fails instead of skipping. */
const hasRecordings = existsSync(join(DIRECTORY, 'cases.json')) || env.CI !== undefined;

interface RecordedCase {
  readonly id: string;
  readonly params?: { readonly query?: string; readonly limit?: string };
  readonly expect: { readonly body: unknown };
}

interface StreamsBody {
  readonly data: { readonly result: readonly { stream: Record<string, string>; values: [string, string][] }[] };
}

interface RecordedStream {
  readonly labels: Record<string, string>;
  readonly entries: readonly [timestampNs: string, line: string, metadata?: Record<string, string>][];
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(join(DIRECTORY, name), 'utf8'));
}

class Recordings {
  readonly #cases = new Map((readJson('cases.json') as RecordedCase[]).map((recorded) => [recorded.id, recorded]));
  readonly #streams = readJson('dataset.json') as RecordedStream[];

  query(id: string): string {
    return must(must(this.#cases.get(id)).params?.query);
  }

  limit(id: string): number {
    return Number(must(this.#cases.get(id)).params?.limit);
  }

  /** The entries of a log answer, in no order; `detected_level` is left out: it is made on the write path. */
  entries(id: string): string[] {
    const body = must(this.#cases.get(id)).expect.body as StreamsBody;
    return body.data.result.flatMap(({ stream, values }) => {
      const labels = Labels.fromRecord(stream).omit(['detected_level']);
      return values.map(([timestamp, line]) => entryText(timestamp, line, labels));
    });
  }

  /** The rows of the streams with these labels, newest first. */
  rows(selector: Readonly<Record<string, string>>): TestRow[] {
    const wanted = Object.entries(selector);
    return this.#streams
      .filter(({ labels }) => wanted.every(([name, value]) => labels[name] === value))
      .flatMap(({ labels, entries }) =>
        entries.map(([timestamp, line, metadata]) => ({
          line,
          timestampNs: BigInt(timestamp),
          stream: { service_name: labels.app, ...labels },
          metadata: metadata ?? {},
        })),
      )
      .sort((a, b) => Number(b.timestampNs - a.timestampNs));
  }
}

/** One entry in the form in which answers are compared. */
function entryText(timestamp: string, line: string, labels: Labels): string {
  return `${timestamp} ${labels.key} ${line}`;
}

const clock = { nowNs: () => 1_768_478_400_000_000_000n, nowMs: () => 1_768_478_400_000, monotonicMs: () => 0 };

function json(extractions: Record<string, (string | number)[]> = {}, filters: LabelPredicate[] = []): JsonParser {
  const paths = Object.entries(extractions).map(([label, path]) => ({ label, path }));
  return { kind: 'Json', extractions: paths, needed: 'all', immediateFilters: filters };
}

function logfmt(options: Partial<LogfmtParser> = {}): LogfmtParser {
  return { kind: 'Logfmt', strict: false, keepEmpty: false, extractions: [], needed: 'all', ...options };
}

function regexp(pattern: string): Stage {
  return { kind: 'Regexp', pattern, needed: 'all' };
}

function pattern(text: string): Stage {
  const parts: PatternParser['parts'] = text
    .split(/(<\w+>)/)
    .filter((part) => part !== '')
    .map((part) => {
      if (!/^<\w+>$/.test(part)) return { kind: 'Literal', text: part };
      return { kind: 'Capture', name: part === '<_>' ? null : part.slice(1, -1) };
    });
  return { kind: 'Pattern', parts, needed: 'all' };
}

const unpack: Stage = { kind: 'Unpack', needed: 'all' };
const contains = (value: string, op: '|=' | '!=' = '|='): Stage => ({
  kind: 'LineFilter',
  op,
  alternatives: [{ value, ip: false }],
});
const is = (name: string, op: '=' | '!=' | '=~', value: string): LabelPredicate => ({
  kind: 'String',
  matcher: { name, op, value },
});
const number = (name: string, op: NumericOp, value: number): LabelPredicate => ({ kind: 'Number', name, op, value });
const duration = (name: string, op: NumericOp, valueNs: bigint): LabelPredicate => ({
  kind: 'Duration',
  name,
  op,
  valueNs,
});
const bytes = (name: string, op: NumericOp, valueBytes: number): LabelPredicate => ({
  kind: 'Bytes',
  name,
  op,
  valueBytes,
});
const and = (left: LabelPredicate, right: LabelPredicate): LabelPredicate => ({ kind: 'And', left, right });
const or = (left: LabelPredicate, right: LabelPredicate): LabelPredicate => ({ kind: 'Or', left, right });
const where = (predicate: LabelPredicate): Stage => ({ kind: 'LabelFilter', predicate });
const drop = (...names: string[]): Stage => ({ kind: 'Drop', targets: names.map((name) => ({ name, matcher: null })) });

const lineFormat = (template: string): Stage => ({ kind: 'LineFormat', template });
const labelFormat = (...items: LabelFormat['items']): Stage => ({ kind: 'LabelFormat', items });

/** A parser with the filters that follow it, asked at once (fact 48) and again where they stand. */
function filtered(parser: Stage, ...predicates: LabelPredicate[]): Stage[] {
  return [{ ...parser, immediateFilters: predicates } as Stage, ...predicates.map(where)];
}

const api = { app: 'api' };
const apiProd = { app: 'api', env: 'prod' };
const worker = { app: 'worker' };
const edge = { app: 'edge' };
const nginx = { app: 'nginx' };
const meta = { app: 'meta' };
const packed = { app: 'packed' };

/** Recorded queries by id, as the stages that they are. */
const PIPELINES: Record<string, { from: Record<string, string>; stages: Stage[] }> = {
  'json/0': { from: apiProd, stages: [json()] },
  'json/2': { from: api, stages: filtered(json(), number('status', '>=', 500)) },
  'json/4': { from: api, stages: [json(), where(or(is('user_id', '=', '3'), is('user_id', '=', '5')))] },
  'json/6': { from: api, stages: [json({ uid: ['user', 'id'], host: ['request', 'headers', 'host'] })] },
  'json/8': { from: api, stages: [json({ tid: ['request', 'headers', 'x-trace-id'] })] },
  'json/10': { from: api, stages: [json({ level: ['level'], status: ['status'] })] },
  'json/12': { from: api, stages: filtered(json(), is('__error__', '=', '')) },
  'json/14': { from: api, stages: filtered(json(), is('__error__', '=', 'JSONParserErr')) },
  'json/16': { from: edge, stages: [json()] },
  'json/18': { from: edge, stages: [contains('dup'), json()] },
  'json/20': { from: edge, stages: [contains('deep'), json({ c: ['a', 'b', 'c'], ab: ['a', 'b'] })] },
  'json/22': { from: apiProd, stages: filtered(json(), is('weird_key_name', '=', 'v1')) },
  'json/24': { from: api, stages: filtered(json(), is('arr', '!=', '')) },
  'json/28': { from: api, stages: filtered(json(), bytes('size', '>', 200_000)) },
  'json/30': { from: api, stages: filtered(json(), number('latency', '<', 0.5), is('level', '=~', 'warn|error')) },
  'json/32': {
    from: api,
    stages: [json(), where(and(or(is('level', '=', 'error'), is('level', '=', 'warn')), number('status', '==', 500)))],
  },
  'json/34': { from: api, stages: filtered(json(), is('msg', '=~', '.*café.*')) },
  'json/36': { from: nginx, stages: filtered(json(), is('__error__', '=', '')) },
  'json/38': { from: api, stages: filtered(json(), number('level', '>', 5)) },
  'logfmt/0': { from: { app: 'worker', pod: 'w-0' }, stages: [logfmt()] },
  'logfmt/2': { from: worker, stages: filtered(logfmt(), duration('dur', '>', 1_000_000_000n)) },
  'logfmt/4': {
    from: worker,
    stages: [logfmt(), where(and(bytes('bytes', '>=', 10_000), bytes('bytes', '<', 2_000_000_000)))],
  },
  'logfmt/6': { from: worker, stages: [logfmt({ strict: true })] },
  'logfmt/8': { from: worker, stages: filtered(logfmt({ keepEmpty: true }), is('empty', '=', '')) },
  'logfmt/10': {
    from: worker,
    stages: [
      logfmt({
        extractions: [
          { label: 'lvl', key: 'level' },
          { label: 'task', key: 'task' },
        ],
      }),
    ],
  },
  'logfmt/12': {
    from: worker,
    stages: [logfmt({ extractions: [{ label: 'msg', key: 'msg' }] }), where(is('msg', '=~', 'user.*'))],
  },
  'logfmt/14': { from: edge, stages: [logfmt()] },
  'logfmt/16': { from: edge, stages: [contains('a=1'), logfmt({ keepEmpty: true })] },
  'logfmt/18': { from: worker, stages: filtered(logfmt(), is('flag', '=', '')) },
  'logfmt/20': { from: worker, stages: filtered(logfmt(), is('__error__', '=', '')) },
  'logfmt/24': { from: worker, stages: filtered(logfmt(), duration('dur', '!=', 15_000_000n)) },
  'logfmt/26': { from: worker, stages: filtered(logfmt(), number('bytes', '==', 512)) },
  'logfmt/28': { from: worker, stages: [...filtered(logfmt(), number('score', '>=', 5)), drop('ts', 'caller')] },
  'logfmt/30': {
    from: worker,
    stages: [
      logfmt(),
      {
        kind: 'Keep',
        targets: [
          { name: 'level', matcher: null },
          { name: 'task', matcher: { name: 'task', op: '=', value: 'sync' } },
        ],
      },
    ],
  },
  'logfmt/32': { from: worker, stages: [logfmt(), drop('__error__', '__error_details__')] },
  'regexp-pattern-unpack/0': {
    from: nginx,
    stages: [regexp('(?P<ip>[0-9.]+) - (?P<user>\\S+) .* (?P<status>\\d{3}) (?P<size>\\d+)')],
  },
  'regexp-pattern-unpack/6': { from: nginx, stages: [regexp('(?P<app>10\\.)')] },
  'regexp-pattern-unpack/8': {
    from: nginx,
    stages: [pattern('<ip> - <user> [<_>] "<method> <path> <_>" <status> <size> <_> "<agent>" <rt>')],
  },
  'regexp-pattern-unpack/10': { from: nginx, stages: [pattern('<ip> <_> | status')] },
  'regexp-pattern-unpack/18': {
    from: { app: 'loghub', system: 'HDFS' },
    stages: filtered(pattern('<date> <time> <pid> <level> <component>: <content>'), is('level', '=', 'WARN')),
  },
  'regexp-pattern-unpack/20': { from: packed, stages: [unpack] },
  'regexp-pattern-unpack/22': { from: packed, stages: [unpack, ...filtered(logfmt(), number('n', '>', 25))] },
  'regexp-pattern-unpack/24': { from: packed, stages: filtered(unpack, is('env_extracted', '=', 'packed')) },
  'regexp-pattern-unpack/26': {
    from: { app: 'loghub', system: 'Zookeeper' },
    stages: [pattern('<_> - <level> <_>[<thread>] - <msg>')],
  },
  'json/40': {
    from: api,
    stages: [...filtered(json(), number('latency', '>=', 1.5)), lineFormat('{{.latency}} {{.msg}}')],
  },
  'format/0': { from: worker, stages: [logfmt(), lineFormat('{{.level}} {{.msg}}')] },
  'format/2': {
    from: worker,
    stages: [logfmt(), lineFormat('{{ .level | ToUpper }} {{ .task | upper | lower | title }}')],
  },
  'format/4': { from: worker, stages: [lineFormat('{{ __timestamp__ | unixEpoch }}')] },
  'format/6': {
    from: worker,
    stages: [
      logfmt(),
      lineFormat('{{ if eq .level "error" }}E{{ else if eq .level "warn" }}W{{ else }}-{{ end }} {{ .task }}'),
    ],
  },
  'format/8': {
    from: worker,
    stages: [
      logfmt(),
      labelFormat(
        { kind: 'Rename', to: 'lvl', from: 'level' },
        { kind: 'Template', to: 't', template: '{{.task}}-{{.pod}}' },
      ),
    ],
  },
  'format/10': { from: worker, stages: [logfmt(), labelFormat({ kind: 'Rename', to: 'x', from: 'y' })] },
  'format/12': {
    from: worker,
    stages: [logfmt(), labelFormat({ kind: 'Template', to: 'dur_s', template: '{{ duration .dur }}' })],
  },
  'format/22': {
    from: { ...apiProd, pod: 'api-a' },
    stages: [
      json(),
      lineFormat('{{ $u := .user_name }}{{ range $i, $x := fromJson "[1,2]" }}{{ $i }}={{ $x }} {{ end }}{{ $u }}'),
    ],
  },
  'format/30': {
    from: worker,
    stages: [
      logfmt({ immediateFilters: [is('level', '=', 'ERROR')] }),
      labelFormat({ kind: 'Template', to: 'level', template: '{{ .level | ToUpper }}' }),
      where(is('level', '=', 'ERROR')),
    ],
  },
  'format/32': {
    from: worker,
    stages: [contains('café'), logfmt(), lineFormat('{{.level}}'), contains('debug', '!=')],
  },
  'format/38': {
    from: worker,
    stages: [logfmt(), labelFormat({ kind: 'Template', to: 'env', template: '{{.task}}' })],
  },
  'structured-metadata/12': { from: meta, stages: [labelFormat({ kind: 'Rename', to: 'u', from: 'user_id' })] },
  'format/28': { from: { app: 'ansi' }, stages: [{ kind: 'Decolorize' }] },
  'structured-metadata/0': { from: meta, stages: [] },
  'structured-metadata/2': { from: meta, stages: [where(is('region', '=~', 'e.*'))] },
  'structured-metadata/4': {
    from: meta,
    stages: filtered(logfmt(), is('level', '=', 'error'), is('user_id', '!=', 'u1')),
  },
  'structured-metadata/6': {
    from: meta,
    stages: [logfmt(), { kind: 'Keep', targets: ['level', 'user_id'].map((name) => ({ name, matcher: null })) }],
  },
};

/** The newest `limit` entries that the stages leave, as the answer would have them. */
function run(from: Record<string, string>, stages: readonly Stage[], limit: number, recordings: Recordings): string[] {
  const batch = batchOfRows(recordings.rows(from));
  for (const stage of stages) compileStage(stage, { clock }).apply(batch);
  const lines = linesOf(batch);
  return lines.slice(0, limit).map((text, i) => {
    const row = batch.selection[i];
    return entryText(String(must(batch.timestamp)[row]), text, batch.labels.row(row));
  });
}

describe.skipIf(!hasRecordings)('recorded answers (skipped when the recordings are not there)', () => {
  const recordings = hasRecordings ? new Recordings() : null;

  test.each(Object.entries(PIPELINES))('%s', (id, { from, stages }) => {
    const recorded = must(recordings);
    const actual = run(from, stages, recorded.limit(id), recorded);
    expect(actual.sort(), recorded.query(id)).toEqual(recorded.entries(id).sort());
  });
});
