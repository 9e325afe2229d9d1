import { describe, expect, test } from 'vitest';
import { FRAGMENTS_MAX, PLAN_NODES_MAX } from '../limits.ts';
import { FROM_EPOCH, INSTANT, logicalPlan, PARAMS, text } from '../testing/plans.ts';
import { printLogicalPlan } from '../print/logical.ts';

describe('log queries', () => {
  test('a pipeline is a chain of stages under the limit', () => {
    expect(text(logicalPlan('{app="api", env!~"dev.*"} | logfmt | level="error" | line_format "{{.msg}}"')))
      .toMatchInlineSnapshot(`
      "
      TopK sort=timestamp:desc k=10
      └── Format line "{{.msg}}"
          └── Filter level="error"
              └── Parse logfmt
                  └── Scan matchers={app="api", env!~"dev.*"}
      "
    `);
  });

  test('an interval thins out before the limit counts', () => {
    expect(text(logicalPlan('{app="api"}', { intervalNs: 5_000_000_000n, direction: 'forward' })))
      .toMatchInlineSnapshot(`
      "
      TopK sort=timestamp:asc k=10
      └── Sample interval=5s
          └── Scan matchers={app="api"}
      "
    `);
  });

  test('an interval counts anew in each split', () => {
    const plan = logicalPlan('{app="api"}', { intervalNs: 5_000_000_000n, splitNs: 1_800_000_000_000n });
    expect(text(plan)).toContain('Sample interval=5s split=30m0s');
  });

  test('start = end selects that instant (spec fact 13)', () => {
    const plan = logicalPlan('{app="api"}', { endNs: PARAMS.startNs });
    expect(printLogicalPlan(plan, FROM_EPOCH)).toContain('range=[3600s,3600.000000001s)');
  });

  test('every stage has a form', () => {
    const query =
      '{a="b"} | json | json x="a.b[0]", y | logfmt --strict --keep-empty | logfmt z="k" | regexp "(?P<r>.)" | ' +
      'pattern "<p> - <_>" | unpack | decolorize | label_format c=d, e="{{.f}}" | drop g, h="i" | keep j, k=~"l"' +
      ' | m>1 and n<=2s or o!=3KB | q=ip("10.0.0.0/8") |= ip("::1") != "s" or "t" !~ "u" |> "<_>v" !> "w"';
    expect(text(logicalPlan(query))).toMatchInlineSnapshot(`
      "
      TopK sort=timestamp:desc k=10
      └── Filter line not like "w"
          └── Filter line like "<_>v"
              └── Filter line not matches "u"
                  └── Filter line not contains "s" or "t"
                      └── Filter line contains ip("::1")
                          └── Filter q=ip("10.0.0.0/8")
                              └── Filter ((m>1 and n<=2s) or o!=3000B)
                                  └── Keep j, k=~"l"
                                      └── Drop g, h="i"
                                          └── Format c=d, e="{{.f}}"
                                              └── Decolorize
                                                  └── Parse unpack immediate=[q=ip("10.0.0.0/8")]
                                                      └── Parse pattern "<p> - <_>" immediate=[q=ip("10.0.0.0/8")]
                                                          └── Parse regexp "(?P<r>.)" immediate=[q=ip("10.0.0.0/8")]
                                                              └── Parse logfmt z="k"
                                                                  └── Parse logfmt --strict --keep-empty immediate=[q=ip("10.0.0.0/8")]
                                                                      └── Parse json x=$["a"]["b"][0], y=$["y"]
                                                                          └── Parse json immediate=[q=ip("10.0.0.0/8")]
                                                                              └── Scan matchers={a="b"}
      "
    `);
  });
});

describe('line filters', () => {
  test('move over parsers, label_format and decolorize up to a format, unpack or label filter (spec fact 106)', () => {
    expect(text(logicalPlan('{a="b"} | json | decolorize |= "x" | label_format c=d |= "y" | e="f" | logfmt |= "z"')))
      .toMatchInlineSnapshot(`
        "
        TopK sort=timestamp:desc k=10
        └── Parse logfmt
            └── Filter line contains "z"
                └── Filter e="f"
                    └── Format c=d
                        └── Decolorize
                            └── Parse json immediate=[e="f"]
                                └── Filter line contains "y"
                                    └── Filter line contains "x"
                                        └── Scan matchers={a="b"}
        "
      `);
    expect(text(logicalPlan('{a="b"} | json | line_format "{{.c}}" | logfmt |= "z"'))).toMatchInlineSnapshot(`
      "
      TopK sort=timestamp:desc k=10
      └── Parse logfmt
          └── Filter line contains "z"
              └── Format line "{{.c}}"
                  └── Parse json
                      └── Scan matchers={a="b"}
      "
    `);
  });

  test('chains ignore empty strings and read ip() as text (spec facts 103, 104)', () => {
    expect(text(logicalPlan('{a="b"} |= "x" or "" or ip("1.1.1.1")'))).toContain(
      'Filter line contains "x" or "1.1.1.1"',
    );
    expect(text(logicalPlan('{a="b"} |= "" or ""'))).toContain('Filter line contains ""');
    expect(text(logicalPlan('{a="b"} |> "" or "x"'))).toContain('Filter line like "" or "x"');
  });
});

describe('metric queries', () => {
  test('the scan covers the windows of all steps', () => {
    expect(printLogicalPlan(logicalPlan('rate({a="b"}[5m] offset 1m)'), FROM_EPOCH)).toMatchInlineSnapshot(`
      "RangeAggregation rate range=5m offset=1m0s from=3600s to=7200s step=60s
      └── Scan matchers={a="b"} range=[3240.000000001s,7140.000000001s) columns=[timestamp, line, metadata]"
    `);
    // Steps are at 3600 s and 7000 s: what lies behind the last one is not read.
    const skewed = logicalPlan('rate({a="b"}[5m])', { stepNs: 3_400_000_000_000n });
    expect(printLogicalPlan(skewed, FROM_EPOCH)).toContain('range=[3300.000000001s,7000.000000001s)');
  });

  test('an instant query is one step', () => {
    expect(printLogicalPlan(logicalPlan('count_over_time({a="b"}[1h])', INSTANT), FROM_EPOCH)).toMatchInlineSnapshot(`
      "RangeAggregation count_over_time range=1h at=3600s
      └── Scan matchers={a="b"} range=[0.000000001s,3600.000000001s) columns=[timestamp, line, metadata]"
    `);
  });

  test('every node has a form', () => {
    const query =
      'label_replace(topk(3, quantile_over_time(0.5, {a="b"} | logfmt | unwrap duration(d) | __error__="" [1m]) by (x)), ' +
      '"dst", "$1", "src", "(.*)") / on (x) group_left (y) sum without (z) (rate({a="b"}[1m])) > bool vector(2) * 3';
    expect(text(logicalPlan(query))).toMatchInlineSnapshot(`
      "
      BinaryOp > bool
      ├── BinaryOp / on (x) group_left (y)
      │   ├── LabelReplace dst="$1" from src matches "(.*)"
      │   │   └── VectorAggregation topk parameter=3
      │   │       └── RangeAggregation quantile_over_time parameter=0.5 unwrap=duration(d) where=[__error__=""] range=1m by (x)
      │   │           └── Parse logfmt needed=[d, __error__, x]
      │   │               └── Scan matchers={a="b"} range=[3540.000000001s,7200.000000001s)
      │   └── VectorAggregation sum without (z)
      │       └── RangeAggregation rate range=1m
      │           └── Scan matchers={a="b"} range=[3540.000000001s,7200.000000001s)
      └── BinaryOp *
          ├── VectorLiteral 2
          └── NumberLiteral 3
      "
    `);
  });

  test('line_format without a later reader of lines goes, except for bytes (spec fact 53)', () => {
    expect(text(logicalPlan('count_over_time({a="b"} | line_format "x" |= "x" | line_format "y" [1m])')))
      .toMatchInlineSnapshot(`
      "
      RangeAggregation count_over_time range=1m
      └── Filter line contains "x"
          └── Format line "x"
              └── Scan matchers={a="b"} range=[3540.000000001s,7200.000000001s)
      "
    `);
    expect(text(logicalPlan('bytes_rate({a="b"} | line_format "y" [1m])'))).toContain('Format line "y"');
    expect(text(logicalPlan('rate({a="b"} | line_format "y" | logfmt [1m])'))).toContain('Format line "y"');
  });

  test('a sum by the unwrapped label groups the samples themselves (spec facts 43, 46)', () => {
    expect(text(logicalPlan('sum by (v) (sum_over_time({a="b"} | logfmt | unwrap v [1m]))'))).toContain(
      'unwrap=v range=1m by (v)',
    );
    expect(text(logicalPlan('max by (v) (max_over_time({a="b"} | logfmt | unwrap v [1m]))'))).toContain(
      'unwrap=v range=1m\n',
    );
  });
});

describe('parser scope', () => {
  const parse = (query: string): string[] =>
    text(logicalPlan(query))
      .split('\n')
      .filter((line) => line.includes('Parse'))
      .map((line) => line.replace(/^.*Parse /, ''));

  test.each([
    ['no grouping shows all labels', 'count_over_time({a="b"} | json [1m])', ['json']],
    [
      'by () and no names: parsers do not run',
      'sum(count_over_time({a="b"} | json | logfmt | unpack | pattern "<x>" [1m]))',
      [],
    ],
    ['a regexp stage does run', 'sum(rate({a="b"} | regexp "(?P<x>.)" [1m]))', ['regexp "(?P<x>.)"']],
    ['filters name labels', 'sum(rate({a="b"} | json | level="x" or s>5 [1m]))', ['json needed=[level, s]']],
    [
      'so do groups, formats and unwrap',
      'sum by (app) (sum_over_time({a="b"} | json | label_format c="{{.d}}", e=f | unwrap v | w="" [1m]))',
      ['json needed=[d, f, v, w, app]'],
    ],
    [
      'x_extracted may come from x',
      'sum by (x_extracted) (rate({a="b"} | json [1m]))',
      ['json needed=[x_extracted, x]'],
    ],
    ['without keeps all labels', 'sum without (app) (rate({a="b"} | json [1m]))', ['json']],
    [
      'a template may read any label',
      'sum by (app) (rate({a="b"} | json | label_format c=`{{ index . "k" }}` [1m]))',
      ['json'],
    ],
    ['max is not seen through', 'max by (app) (count_over_time({a="b"} | json [1m]))', ['json']],
    ['an own grouping counts', 'max_over_time({a="b"} | json | unwrap v [1m]) by (app)', ['json needed=[v, app]']],
    ['absent series have labels of the selector', 'absent_over_time({a="b"} | json [1m])', []],
    [
      'explicit extractions stay',
      'sum by (app) (rate({a="b"} | json x="y" | logfmt z="w" [1m]))',
      ['logfmt z="w"', 'json x=$["y"]'],
    ],
    ['log queries show all labels', '{a="b"} | json | level="x"', ['json']],
    [
      'grouping by __error__ preserves errors',
      'sum by (__error__) (rate({a="b"} | json | regexp "(?P<x>.)" [1m]))',
      ['regexp "(?P<x>.)" needed=[__error__]', 'json needed=[__error__] errors=preserved'],
    ],
    [
      'so does filtering on it under by ()',
      'sum(rate({a="b"} | json | __error__="" [1m]))',
      ['json needed=[__error__] errors=preserved'],
    ],
    [
      'but not under other groupings',
      'sum by (app) (rate({a="b"} | json | __error__="" [1m]))',
      ['json needed=[__error__, app]'],
    ],
  ])('%s', (_, query, expected) => {
    expect(parse(query)).toEqual(expected);
  });
});

describe('limits', () => {
  const filters = (count: number): string => `{a="b"}${' |= "x"'.repeat(count)}`;
  const sum = (count: number): string => Array.from({ length: count }, () => 'rate({a="b"}[1m])').join(' + ');

  test(`${PLAN_NODES_MAX} nodes`, () => {
    // A scan and a limit beside the filters.
    expect(() => logicalPlan(filters(PLAN_NODES_MAX - 2))).not.toThrow();
    expect(() => logicalPlan(filters(PLAN_NODES_MAX - 1))).toThrow(
      `Cannot plan the query: it has ${PLAN_NODES_MAX + 1} steps, at most ${PLAN_NODES_MAX} are allowed`,
    );
  });

  test(`${FRAGMENTS_MAX} scans`, () => {
    expect(() => logicalPlan(sum(FRAGMENTS_MAX))).not.toThrow();
    expect(() => logicalPlan(sum(FRAGMENTS_MAX + 1))).toThrow(
      `Cannot plan the query: it selects streams ${FRAGMENTS_MAX + 1} times, at most ${FRAGMENTS_MAX} are allowed`,
    );
  });
});
