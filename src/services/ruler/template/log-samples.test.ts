import { expect, test } from 'vitest';
import { Labels } from '../../../common/labels.ts';
import { rulerSchema } from '../../../config/ruler-schema.ts';
import type { QueryResult } from '../../../../exec/result/query-result.ts';
import type { QueryRequest } from '../../querier/query-request.ts';
import { alertLogQuery } from './alert-log-query.ts';
import { logSamples, SAMPLED_ALERTS_MAX } from './log-samples.ts';
import { templateExpander } from './template-expander.ts';

const SECOND_NS = 1_000_000_000n;

test.each([
  [
    'sum by (app) (rate({env="prod"} |= "error" [5m])) > 1',
    { app: 'shop', __name__: 'x' },
    '{env="prod"} |= "error" | app="shop"',
  ],
  ['rate({a="b"} | json | unwrap x [1m] offset 2m)', { a: 'b', c: 'd"e' }, '{a="b"} | json | a="b" | c="d\\"e"'],
  ['label_replace(rate({a="b"}[1m]), "made", "$1", "a", "(.*)")', { a: 'b', made: 'b' }, '{a="b"} | a="b"'],
  ['rate({a="b"}[1m]) / rate({c="d"}[5m])', {}, '{a="b"}'],
  ['vector(1)', {}, null],
])('the entries behind %s', (expr, labels, query) => {
  expect(alertLogQuery(expr, Labels.fromRecord(labels as Record<string, string>))?.query ?? null).toBe(query);
});

/** A log of these lines; every request is noted. */
function expanderOf(lines: string[], config: object = {}) {
  const requests: QueryRequest[] = [];
  const asked: string[] = [];
  const query = async (expr: string) => {
    asked.push(expr);
    return [{ labels: Labels.empty, value: lines.length }];
  };
  const run = async (request: QueryRequest): Promise<{ result: QueryResult }> => {
    requests.push(request);
    const rows = lines
      .slice(0, request.params.limit)
      .map((line) => ({ timestampNs: 0n, line, stream: [], metadata: [], parsed: [] }));
    const statistics = {} as QueryResult['statistics'];
    return { result: { kind: 'LogResult', direction: 'backward', rows, warnings: [], statistics } };
  };
  const logs = logSamples({
    config: rulerSchema.parse({ sample_lines: config }).sample_lines,
    run,
    query,
    signal: new AbortController().signal,
    link: (text, startNs, endNs) => `${text} ${startNs / SECOND_NS} ${endNs / SECOND_NS}`,
  });
  const expander = templateExpander({ query, logs, externalLabels: {}, externalUrl: '' });
  const expand = async (text: string, app = 'shop') =>
    await expander({
      tenant: 't',
      name: '__alert_A',
      text,
      labels: Labels.fromRecord({ app }),
      value: 1,
      timeNs: 1000n * SECOND_NS,
      sampleTimeNs: 900n * SECOND_NS,
      expr: 'sum by (app) (rate({env="prod"}[60s]))',
    });
  return { expand, requests, asked };
}

const ALL = '{{ range $logs.Lines }}{{ . }}\n{{ end }}{{ $logs.Count }} {{ $logs.Link }}';

test('an annotation shows lines, their count and a link', async () => {
  const { expand, requests, asked } = expanderOf(['one', 'two', 'three'], { max: 2 });
  expect(await expand(ALL)).toBe('one\ntwo\n3 {env="prod"} | app="shop" 840 900');
  expect(requests[0]).toMatchObject({
    tenant: 't',
    query: '{env="prod"} | app="shop"',
    params: { startNs: 840n * SECOND_NS + 1n, endNs: 900n * SECOND_NS + 1n, limit: 2, direction: 'backward' },
  });
  expect(asked).toEqual(['sum(count_over_time({env="prod"} | app="shop" [60000000000ns]))']);
});

test('nothing is read for a text that does not ask', async () => {
  const { expand, requests, asked } = expanderOf(['one']);
  expect(await expand('{{ $labels.app }} of $log')).toBe('shop of $log');
  expect([requests, asked]).toEqual([[], []]);
});

test('lines are redacted before they are cut', async () => {
  const config = {
    max_line_size: 20,
    redact: [
      { regex: 'password=\\S+', replacement: 'password=***' },
      { regex: '(\\d{3})\\d+', replacement: '$1…' },
    ],
  };
  const { expand } = expanderOf(
    ['login password=hunter2-and-much-more-of-it', 'card 1234567890', 'ééééééééééééé'],
    config,
  );
  expect(await expand('{{ range $logs.Lines }}{{ . }}|{{ end }}')).toBe('login password=***|card 123…|éééééééééé…|');
});

test('lines can be forbidden', async () => {
  const { expand, requests } = expanderOf(['one'], { max: 0 });
  expect(await expand('{{ len $logs.Lines }} {{ $logs.Count }}')).toBe('0 0');
  expect(requests).toEqual([]);
});

test('of many alerts of a rule only some have lines', async () => {
  const { expand, requests } = expanderOf(['one']);
  const texts: string[] = [];
  for (let i = 0; i < SAMPLED_ALERTS_MAX + 5; i++) texts.push(await expand('{{ len $logs.Lines }}', `app${i}`));
  expect(texts.join('')).toBe('1'.repeat(SAMPLED_ALERTS_MAX) + '00000');
  expect(requests).toHaveLength(SAMPLED_ALERTS_MAX);
});

test('without logs there are none', async () => {
  const expander = templateExpander({ query: async () => [], externalLabels: {}, externalUrl: '' });
  const request = { tenant: 't', name: 'x', labels: Labels.empty, value: 1, timeNs: 0n, expr: 'vector(1)' };
  expect(await expander({ ...request, text: '{{ $logs.Count }}{{ range $logs.Lines }}x{{ end }}' })).toBe('0');
});
