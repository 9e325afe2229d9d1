import { describe, expect, test } from 'vitest';
import { Labels } from '../../../common/labels.ts';
import type { RuleSample } from '../evaluate/rule-query.ts';
import { checkAlertTemplate, TEMPLATE_QUERY_MAX, templateExpander } from './template-expander.ts';

const SAMPLES: Readonly<Record<string, readonly RuleSample[]>> = {
  two: [
    { labels: Labels.fromRecord({ __value__: 'a', instance: 'b:80' }), value: 11 },
    { labels: Labels.fromRecord({ __value__: 'b', instance: 'a:80' }), value: 21 },
  ],
  none: [],
};

interface Request {
  readonly value?: number;
  readonly labels?: Record<string, string>;
}

async function expand(text: string, { value = 1, labels = {} }: Request = {}): Promise<string> {
  const expander = templateExpander({
    query: async (expr, timeNs, tenant) => {
      const samples = SAMPLES[expr];
      if (samples === undefined && !/^\d+$/.test(expr)) throw new Error(`no such query for ${tenant} at ${timeNs}`);
      return await Promise.resolve(samples ?? []);
    },
    externalLabels: { cluster: 'c1' },
    externalUrl: 'https://grafana.example/sub/path',
  });
  return await expander({
    tenant: 't',
    name: '__alert_A',
    text,
    labels: Labels.fromRecord(labels),
    value,
    timeNs: 1_700_000_000_500_000_000n,
    expr: 'sum(rate({a="b"}[1m]))',
  });
}

describe('what an alert is about', () => {
  test.each([
    ['{{ $labels.app }} in {{ $externalLabels.cluster }}: {{ $value }}', 'api in c1: 1.5'],
    [
      '{{ .Labels.app }}{{ .Labels.absent }}|{{ .Value }}|{{ .ExternalURL }}',
      'api|1.5|https://grafana.example/sub/path',
    ],
    ['{{ range $name, $value := $labels }}{{ $name }}={{ $value }} {{ end }}', 'app=api pod=p-1 '],
    ['{{ $labels }}', 'map[app:api pod:p-1]'],

    ['{{ if gt $value 1.0 }}high{{ else }}low{{ end }}', 'high'],
    [
      '{{ externalURL }} {{ pathPrefix }} {{ $externalURL }}',
      'https://grafana.example/sub/path /sub/path https://grafana.example/sub/path',
    ],
  ])('%s', async (text, result) =>
    expect(await expand(text, { value: 1.5, labels: { app: 'api', pod: 'p-1' } })).toBe(result),
  );
});

/** The examples of Prometheus' documentation and edge cases of its rules. */
describe('numbers for people', () => {
  test.each([
    ['humanize', 0, '0'],
    ['humanize', 1234567, '1.235M'],
    ['humanize', 0.0001234, '123.4u'],
    ['humanize', -999, '-999'],
    ['humanize', 1e30, '1e+06Y'],
    ['humanize', 1e-30, '1e-06y'],
    ['humanize', Infinity, '+Inf'],
    ['humanize', NaN, 'NaN'],
    ['humanize1024', 0, '0'],
    ['humanize1024', 0.5, '0.5'],
    ['humanize1024', 1048576, '1Mi'],
    ['humanize1024', 12, '12'],
    ['humanizeDuration', 0, '0s'],
    ['humanizeDuration', 1, '1s'],
    ['humanizeDuration', 12345, '3h 25m 45s'],
    ['humanizeDuration', -12345, '-3h 25m 45s'],
    ['humanizeDuration', 1234567, '14d 6h 56m 7s'],
    ['humanizeDuration', 60, '1m 0s'],
    ['humanizeDuration', 59.4, '59.4s'],
    ['humanizeDuration', 0.1, '100ms'],
    ['humanizeDuration', 0.0001, '100us'],
    ['humanizePercentage', 0.1234567, '12.35%'],
    ['humanizePercentage', -1, '-100%'],
    ['humanizeTimestamp', 1435065584.128, '2015-06-23 13:19:44.128 +0000 UTC'],
    ['humanizeTimestamp', Infinity, '+Inf'],
  ])('%s %d is %s', async (name, value, result) => {
    expect(await expand(`{{ $value | ${name} }}`, { value })).toBe(result);
    expect(await expand(`{{ ${name} "${String(value).replace('Infinity', '+Inf')}" }}`)).toBe(result);
  });

  test.each([
    ['{{ humanize "x" }}', 'strconv.ParseFloat: parsing "x": invalid syntax'],
    ['{{ humanize true }}', "can't convert bool to float"],
    ['{{ toTime "NaN" }}', 'value is NaN or Inf'],
    ['{{ humanize 1 2 }}', 'wrong number of args for humanize: want 1 got 2'],
  ])('%s fails', async (text, message) => await expect(expand(text)).rejects.toThrow(message));
});

describe('texts', () => {
  test.each([
    ['{{ "aa bb CC" | title }} {{ toUpper "aß" }} {{ toLower "AÄ" }}', 'Aa Bb CC Aß aä'],
    [
      '{{ stripPort "a.b:80" }} {{ stripPort "a.b" }} {{ stripPort "[::1]:80" }} {{ stripPort "a:b:c" }}',
      'a.b a.b ::1 a:b:c',
    ],
    [
      '{{ stripDomain "a.b.c:80" }} {{ stripDomain "a.b" }} {{ stripDomain "10.0.0.1:80" }} {{ stripDomain "::1" }}',
      'a:80 a 10.0.0.1:80 ::1',
    ],
    ['{{ match "[0-9]+" "a1" }} {{ match "^[0-9]+$" "a1" }}', 'true false'],
    ['{{ reReplaceAll "(a)b" "x$1" "abab" }} {{ "ab" | reReplaceAll "a" "c" }}', 'xaxa cb'],
    ['{{ safeHtml "<b>" }}{{ "<i>" }} {{ urlQueryEscape "a b&c" }}', '<b><i> a+b%26c'],
    ['{{ parseDuration "1h30m" }} {{ parseDuration "100ms" }}', '5400 0.1'],
    [
      '{{ (toTime 1435065584.128) }} {{ now | humanizeTimestamp }}',
      '2015-06-23 13:19:44.128 +0000 UTC 2023-11-14 22:13:20.5 +0000 UTC',
    ],
    [
      '{{ graphLink "up{a=\\"b\\"}" }} {{ tableLink "a b" }}',
      '/graph?g0.expr=up%7Ba%3D%22b%22%7D&g0.tab=0 /graph?g0.expr=a+b&g0.tab=1',
    ],
    [
      '{{ define "x" }}[{{ .arg0 }}{{ .arg1 }}]{{ end }}{{ template "x" (args 1 "b") }}{{ tmpl "x" (args "c") }}',
      '[1b][c<no value>]',
    ],
  ])('%s', async (text, result) => expect(await expand(text)).toBe(result));
});

describe('queries', () => {
  test.each([
    ['{{ query "two" | first | value }}', '11'],
    ['{{ query "two" | first | label "instance" }} {{ query "two" | first | strvalue }}', 'b:80 a'],
    ['{{ range query "two" }}{{ .Labels.instance }}={{ .Value }};{{ end }}', 'b:80=11;a:80=21;'],
    ['{{ range query "two" | sortByLabel "instance" }}{{ .Labels.instance }};{{ end }}', 'a:80;b:80;'],
    ['{{ with query "none" }}some{{ else }}none{{ end }}', 'none'],
    ['{{ len (query "two") }}{{ len (query "two") }}', '22'],
  ])('%s', async (text, result) => expect(await expand(text)).toBe(result));

  test('the first of nothing', async () =>
    await expect(expand('{{ query "none" | first }}')).rejects.toThrow(
      /^error executing template __alert_A: template: __alert_A:1:\d+: executing "__alert_A" at <first>: error calling first: first\(\) called on vector with no elements$/,
    ));

  test("a query's own error is told", async () =>
    await expect(expand('{{ query "wrong" }}')).rejects.toThrow(
      'query "wrong": no such query for t at 1700000000500000000',
    ));

  test('there are not many', async () => {
    const all = (count: number) => Array.from({ length: count }, (_, i) => `{{ len (query "${i}") }}`).join('');
    expect(await expand(all(TEMPLATE_QUERY_MAX))).toBe('0'.repeat(TEMPLATE_QUERY_MAX));
    await expect(expand(all(TEMPLATE_QUERY_MAX + 1))).rejects.toThrow(`more than ${TEMPLATE_QUERY_MAX} queries`);
  });
});

describe('mistakes have the texts of Prometheus', () => {
  test('when read', () => {
    expect(() => checkAlertTemplate('__alert_A', '{{ $labels.x ')).toThrow('template: __alert_A:1: unclosed action');
    expect(() => checkAlertTemplate('__alert_A', '{{ lower "x" }}')).toThrow('function "lower" not defined');
    expect(() => checkAlertTemplate('__alert_A', '{{ __line__ }}')).toThrow('function "__line__" not defined');
    expect(() => checkAlertTemplate('__alert_A', '{{ $nope }}')).toThrow('undefined variable "$nope"');
    expect(() => checkAlertTemplate('__alert_A', '{{ query "not asked" }}')).not.toThrow();
  });

  test('when run', async () => {
    await expect(expand('{{ .Label }}')).rejects.toThrow("can't evaluate field Label in type struct { Labels");
    await expect(expand('{{ range $i, $x := query "two" }}{{ $x.Nope }}{{ end }}')).rejects.toThrow(
      "can't evaluate field Nope in type template.sample",
    );
    await expect(expand('{{ template "x" }}')).rejects.toThrow('template "x" not defined');
  });

  test('one that does not end', async () =>
    await expect(expand('{{ define "x" }}{{ template "x" }}{{ end }}{{ template "x" }}')).rejects.toThrow(
      'maximum template depth',
    ));
});
