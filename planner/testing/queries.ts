import fc from 'fast-check';

/** Queries over the whole language: pipelines and expressions put together from these parts. */
const STAGES = [
  '|= "error"',
  '!= "x" or "y"',
  '|~ "a|b"',
  '|~ "a.+b"',
  '|> "<_>x<_>"',
  '|= ip("10.0.0.0/8")',
  '|= ""',
  '| json',
  '| json c="d.e[0]"',
  '| logfmt',
  '| logfmt --strict --keep-empty c="d"',
  '| regexp "(?P<c>.)"',
  '| pattern "<c> <_> <d>"',
  '| unpack',
  '| decolorize',
  '| line_format "{{.c}} {{__line__}}"',
  '| label_format e=c, f="{{.d}}"',
  '| drop c, d="x"',
  '| keep c, app, d=~"x.+"',
  '| level="error" and size>5KB',
  '| took>=2s or n!=1.5',
  '| i=ip("::1")',
  '| __error__=""',
  '| app=~"api"',
];

const AGGREGATIONS = [
  'count_over_time(@ [1m])',
  'rate(@ [5m] offset 1m)',
  'bytes_rate(@ [5m])',
  'absent_over_time(@ [1m])',
  'sum_over_time(@ | unwrap v [1m])',
  'rate_counter(@ | unwrap bytes(v) | c="d" [1m])',
  'max_over_time(@ | unwrap v [1m])',
  'min_over_time(@ | unwrap duration(v) | __error__="" [1m]) by (app)',
  'quantile_over_time(0.9, @ | unwrap v [1m]) without (c)',
];

const WRAPPERS = [
  '#',
  'sum(#)',
  'sum by (app, level) (#)',
  'sum without (c) (#)',
  'max by (v) (#)',
  'min(#)',
  'avg by (c) (#)',
  'topk(3, #) by (app)',
  'sort_desc(#)',
  '# * 100 > bool vector(1)',
  '# / on (app) group_left (c) #',
  '# or vector(0)',
  'label_replace(#, "x", "$1", "c", "(.*)")',
];

const selector = fc.constantFrom('{app="api"}', '{app=~"a.*", env!="dev"}', '{app="api", app!~"x"}');
const pipeline = fc.array(fc.constantFrom(...STAGES), { maxLength: 6 }).map((stages) => stages.join(' '));

export const anyLogQuery: fc.Arbitrary<string> = fc.tuple(selector, pipeline).map((parts) => parts.join(' '));

export const anyMetricQuery: fc.Arbitrary<string> = fc
  .tuple(anyLogQuery, fc.constantFrom(...AGGREGATIONS), fc.constantFrom(...WRAPPERS), fc.constantFrom(...WRAPPERS))
  .map(([log, aggregation, inner, outer]) =>
    outer.replaceAll('#', () => `(${inner.replaceAll('#', () => aggregation.replace('@', () => log))})`),
  );

export const anyQuery: fc.Arbitrary<string> = fc.oneof(anyLogQuery, anyMetricQuery);
