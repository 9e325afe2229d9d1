import { describe, expect, test } from 'vitest';
import { messageOf } from '../src/common/errors.ts';
import { LogQLError } from './logql-error.ts';
import { parseLogQuery, parseMatchers, parseQuery } from './parse.ts';

function errorOf(parse: () => unknown): string | null {
  try {
    parse();
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(LogQLError);
    return messageOf(error);
  }
}

const NOT_SELECTIVE =
  'parse error : queries require at least one regexp or equality matcher that does not have an empty-compatible value. ' +
  'For instance, app=~".*" does not meet this requirement, but app=~".+" will';

type Row = readonly [query: string, message: string];

/** Answers of Loki 3.7.6. */
const recorded: readonly Row[] = [
  ['{}', NOT_SELECTIVE],
  ['{app=""}', NOT_SELECTIVE],
  ['{app=~"nginx|"}', NOT_SELECTIVE],
  ['{app!="x"}', NOT_SELECTIVE],
  ['{app=nginx}', 'parse error at line 1, col 6: syntax error: unexpected IDENTIFIER, expecting STRING'],
  ['{app=', 'parse error at line 1, col 6: syntax error: unexpected $end, expecting STRING'],
  ['{app=~"["}', 'parse error : error parsing regexp: missing closing ]: `[`'],
  ['app="x"', 'parse error at line 1, col 1: syntax error: unexpected IDENTIFIER'],
  ['{app="ips"} |= ip("bogus")', 'parse error : stage \'|= ip("bogus")\' : ip: invalid pattern: "bogus"'],
  [
    '{app="nginx"} |~ "a**"',
    'parse error : stage \'|~ "a**"\' : error parsing regexp: invalid nested repetition operator: `**`',
  ],
  [
    '{app="nginx"} |~ "(?=GET)"',
    'parse error : stage \'|~ "(?=GET)"\' : error parsing regexp: invalid or unsupported Perl syntax: `(?=`',
  ],
  [
    '{app="nginx"} |= POST',
    'parse error at line 1, col 18: syntax error: unexpected IDENTIFIER, expecting STRING or ip',
  ],
  [
    '{app="api"} | json bad=""',
    'parse error : stage \'| json bad=""\' : cannot parse expression []: ' +
      'syntax error: unexpected $end, expecting LSB or FIELD',
  ],
  ['{app="worker"} | logfmt | dur=="15ms"', 'parse error at line 1, col 32: syntax error: unexpected STRING'],
  [
    '{app="worker"} | logfmt --nope',
    'parse error at line 1, col 27: syntax error: unexpected IDENTIFIER, expecting NUMBER',
  ],
  [
    '{app="nginx"} | regexp "no groups"',
    'parse error : invalid regexp parser: at least one named capture must be supplied',
  ],
  [
    '{app="nginx"} | regexp "(?P<a-b>x)"',
    'parse error : invalid regexp parser: error parsing regexp: invalid named capture: `(?P<a-b>`',
  ],
  [
    '{app="nginx"} | pattern `<a><b>`',
    "parse error : invalid pattern parser: found consecutive capture '<a><b>': invalid expression",
  ],
  [
    '{app="nginx"} | pattern ``',
    'parse error : invalid pattern parser: parse error at line 1, col 1: ' +
      'syntax error: unexpected $end, expecting IDENTIFIER or LITERAL',
  ],
  [
    '{app="nginx"} | pattern `<ip> <ip>`',
    'parse error : invalid pattern parser: duplicate capture name (ip): invalid expression',
  ],
  [
    '{app="worker"} | label_format __error__="boom" | __error__="boom"',
    'parse error : stage \'| label_format __error__="boom"\' : __error__ cannot be formatted',
  ],
  [
    '{app="worker"} | line_format "{{ .app | nofunc }}"',
    'parse error : stage \'| line_format "{{ .app | nofunc }}"\' : ' +
      'invalid line template: template: line:1: function "nofunc" not defined',
  ],
  [
    '{app="edge"} | line_format `{{ sha256 "x" }}`',
    'parse error : stage \'| line_format "{{ sha256 \\"x\\" }}"\' : ' +
      'invalid line template: template: line:1: function "sha256" not defined',
  ],
  [
    'count_over_time({app="nginx"}[5m]) by (instance)',
    'parse error : grouping not allowed for count_over_time aggregation',
  ],
  ['avg_over_time({app="worker"}[5m])', 'parse error : invalid aggregation avg_over_time without unwrap'],
  [
    'quantile_over_time(0.5, {app="worker"}[5m])',
    'parse error : invalid aggregation quantile_over_time without unwrap',
  ],
  ['rate({app="nginx"}[5x])', 'parse error at line 0, col 19: unknown unit "x" in duration "5x"'],
  ['nofunc({app="nginx"}[5m])', 'parse error at line 1, col 1: syntax error: unexpected IDENTIFIER'],
  [
    'rate_counter({app="counter"} | logfmt | unwrap requests_total [5m]) by (name)',
    'parse error : grouping not allowed for rate_counter aggregation',
  ],
  ['count_over_time({app="nginx"}[$__auto])', 'parse error at line 0, col 30: not a valid duration string: "$__auto"'],
  ['quantile(0.5, rate({app="nginx"}[5m]))', 'parse error at line 1, col 1: syntax error: unexpected IDENTIFIER'],
  ['topk(-1, rate({app="nginx"}[5m]))', 'parse error at line 1, col 8: syntax error: unexpected ,'],
  ['count({app="nginx"})', 'parse error at line 1, col 20: syntax error: unexpected )'],
  ['vector(1) and 1', 'parse error : unexpected literal for right leg of logical/set binary operation (and): 1.000000'],
  ['"a" + 1', 'parse error at line 1, col 1: syntax error: unexpected STRING'],
  [
    '{app="nginx"} / {app="api"}',
    'parse error : unexpected type for left leg of binary operation (/): *syntax.MatchersExpr',
  ],
  ['Inf', 'parse error at line 1, col 1: syntax error: unexpected IDENTIFIER'],
  ['rate({app="nginx"}[5m]) offset 1h', 'parse error at line 1, col 25: syntax error: unexpected offset'],
  ['{a="b"', 'parse error at line 1, col 7: syntax error: unexpected $end, expecting } or ,'],
];

/** Loki's own samples (spec facts 159 and 160). */
const samples: readonly Row[] = [
  ['unk({foo="bar"}[5m])', 'parse error at line 1, col 1: syntax error: unexpected IDENTIFIER'],
  ['{foo="bar} ', 'parse error at line 1, col 6: literal not terminated'],
  ['{foo="bar"} |~', 'parse error at line 1, col 15: syntax error: unexpected $end, expecting STRING or ip'],
  ['{foo="bar"} "foo"', 'parse error at line 1, col 13: syntax error: unexpected STRING'],
  ['min({ foo = "bar" }[5m])', 'parse error at line 0, col 20: syntax error: unexpected RANGE'],
  ['vector(abc)', 'parse error at line 1, col 8: syntax error: unexpected IDENTIFIER, expecting NUMBER'],
  [
    'sum(count without (rate({foo="bar"}[5m])) )',
    'parse error at line 1, col 20: syntax error: unexpected RATE, expecting IDENTIFIER or )',
  ],
  ['rate({foo="bar"}[5minutes])', 'parse error at line 0, col 17: unknown unit "minutes" in duration "5minutes"'],
  ['rate({foo="bar"}[5)', "parse error at line 0, col 17: missing closing ']' in duration"],
  ['rate({foo="bar"}[5])', 'parse error at line 0, col 17: not a valid duration string: "5"'],
  ['rate({foo="bar"}[])', 'parse error at line 0, col 17: empty duration string'],
];

/** States of the parser that take at most four tokens, and lexical errors; by the rules of facts 158 to 163. */
const derived: readonly Row[] = [
  ['', 'parse error at line 1, col 1: syntax error: unexpected $end'],
  ['{', 'parse error at line 1, col 2: syntax error: unexpected $end, expecting IDENTIFIER or }'],
  ['{a', 'parse error at line 1, col 3: syntax error: unexpected $end, expecting = or =~ or !~ or !='],
  ['{a="b",}', 'parse error at line 1, col 8: syntax error: unexpected }, expecting IDENTIFIER'],
  ['{by="b"}', 'parse error at line 1, col 2: syntax error: unexpected by, expecting IDENTIFIER or }'],
  ['rate by (a) ({a="b"}[5m])', 'parse error at line 1, col 6: syntax error: unexpected by, expecting ('],
  ['rate(5m)', 'parse error at line 0, col 6: syntax error: unexpected DURATION, expecting NUMBER or { or ('],
  ['rate({a="b"}[5m] x)', 'parse error at line 1, col 18: syntax error: unexpected IDENTIFIER, expecting )'],
  [
    'rate({a="b"}[5m] offset x)',
    'parse error at line 1, col 25: syntax error: unexpected IDENTIFIER, expecting DURATION',
  ],
  ['rate({a="b"})', 'parse error at line 1, col 13: syntax error: unexpected )'],
  [
    'sum_over_time({a="b"} | unwrap [5m])',
    'parse error at line 0, col 32: syntax error: unexpected RANGE, ' +
      'expecting IDENTIFIER or BYTES_CONV or DURATION_CONV or DURATION_SECONDS_CONV',
  ],
  [
    'sum_over_time({a="b"} | unwrap x)',
    'parse error at line 1, col 33: syntax error: unexpected ), expecting RANGE or |',
  ],
  ['{a="b"} | label_format x', 'parse error at line 1, col 25: syntax error: unexpected $end, expecting ='],
  [
    '{a="b"} | label_format x=5',
    'parse error at line 1, col 26: syntax error: unexpected NUMBER, expecting IDENTIFIER or STRING',
  ],
  ['{a="b"} | line_format', 'parse error at line 1, col 22: syntax error: unexpected $end, expecting STRING'],
  ['{a="b"} | drop', 'parse error at line 1, col 15: syntax error: unexpected $end, expecting IDENTIFIER'],
  ['{a="b"} | x=~5', 'parse error at line 1, col 14: syntax error: unexpected NUMBER, expecting STRING'],
  ['{a="b"} | x="y" or', 'parse error at line 1, col 19: syntax error: unexpected $end, expecting IDENTIFIER or ('],
  [
    '{a="b"} |= "x" or vector(1)',
    'parse error at line 1, col 19: syntax error: unexpected VECTOR, expecting STRING or ip',
  ],
  ['({a="b"}) | json', 'parse error at line 1, col 11: syntax error: unexpected |'],
  ['({a="b"}) |= "x"', 'parse error at line 0, col 11: syntax error: unexpected |='],
  ['label_replace(vector(1), "")', 'parse error at line 1, col 28: syntax error: unexpected ), expecting ,'],
  ['{a="b"} # no end\n  foo', 'parse error at line 2, col 3: syntax error: unexpected IDENTIFIER'],
  ['{größe="☕"} x', 'parse error at line 1, col 13: syntax error: unexpected IDENTIFIER'],
  ["{a='b'}", 'parse error at line 1, col 4: syntax error: unexpected IDENTIFIER, expecting STRING'],
  ["{a='bc'}", 'parse error at line 1, col 4: invalid char literal'],
  ['{a="\\d"}', 'parse error at line 1, col 4: invalid char escape'],
  ['{a="b"} /* ', 'parse error at line 1, col 9: comment not terminated'],
  ['vector(1e)', 'parse error at line 1, col 8: exponent has no digits'],
  ['vector(-0)', 'parse error at line 0, col 8: syntax error: unexpected DURATION, expecting NUMBER'],
  ['vector(1) > 5x', 'parse error at line 1, col 14: syntax error: unexpected IDENTIFIER'],
  ['rate(({a="b"}))', 'parse error at line 1, col 15: syntax error: unexpected ), expecting RANGE'],
  ['sum(rate({a="b"}[1m]) by (x)) by (y) by (z)', 'parse error at line 1, col 38: syntax error: unexpected by'],
  ['sum by (a) (vector(1)) by (b)', 'parse error at line 1, col 24: syntax error: unexpected by'],
];

const checks: readonly Row[] = [
  ['topk(rate({a="b"}[1m]))', 'parse error : parameter required for operation topk'],
  ['bottomk(1.2, rate({a="b"}[1m]))', 'parse error : invalid parameter bottomk(1.2,'],
  ['topk(0, rate({a="b"}[1m]))', 'parse error : invalid parameter (must be greater than 0) topk(0'],
  ['sum(3, rate({a="b"}[1m]))', 'parse error : unsupported parameter for operation sum(3,'],
  ['approx_topk(3, rate({a="b"}[1m])) by (x)', 'parse error : grouping not allowed for approx_topk aggregation'],
  ['sort(rate({a="b"}[1m])) by (x)', "parse error : sort and sort_desc doesn't allow grouping by "],
  ['rate(0.5, {a="b"}[1m])', 'parse error : parameter 0.5 not supported for operation rate'],
  ['quantile_over_time({a="b"} | unwrap x [1m])', 'parse error : parameter required for operation quantile_over_time'],
  ['count_over_time({a="b"} | unwrap x [1m])', 'parse error : invalid aggregation count_over_time with unwrap'],
  [
    'label_replace(vector(1), "a", "b", "c", "(")',
    'parse error : invalid regex in label_replace: error parsing regexp: missing closing ): `(`',
  ],
  [
    '{a="b"} | json + vector(1)',
    'parse error : unexpected type for left leg of binary operation (+): *syntax.PipelineExpr',
  ],
  ['vector(1) + {a="b"}', 'parse error : unexpected type for right leg of binary operation (+): *syntax.MatchersExpr'],
  ['1 or 2', 'parse error : unexpected literal for left leg of logical/set binary operation (or): 1.000000'],
  ['{a="b"} | x=~"["', 'parse error : error parsing regexp: missing closing ]: `[`'],
  ['{a="b"} | drop x=~"["', 'parse error : error parsing regexp: missing closing ]: `[`'],
  ['{a="b"} |~ ip("1.2.3.4")', 'parse error : stage \'|~ ip("1.2.3.4")\' : ip: invalid operation'],
  ['{a="b"} | x=ip("y")', 'parse error : stage \'| x=ip("y")\' : ip: invalid pattern: "y"'],
  [
    '{a="b"} |> "<_><_>"',
    "parse error : stage '|> \"<_><_>\"' : found consecutive capture '<_><_>': invalid expression",
  ],
  ['{a="b"} |> "<x>"', "parse error : stage '|> \"<x>\"' : named captures are not allowed: found '<x>'"],
  ['{a="b"} | pattern "<_> x"', 'parse error : invalid pattern parser: at least one capture is required'],
  ['{a="b"} | regexp "(?P<x>a)(?P<x>b)"', "parse error : invalid regexp parser: duplicate extracted label name 'x'"],
  [
    '{a="b"} | label_format x=y, x="z"',
    'parse error : stage \'| label_format x=y,x="z"\' : ' +
      "multiple label name 'x' not allowed in a single format operation",
  ],
  [
    '{a="b"} | label_format x="{{ nofunc }}"',
    'parse error : stage \'| label_format x="{{ nofunc }}"\' : ' +
      'invalid template for label \'x\': template: line:1: function "nofunc" not defined',
  ],
  [
    '{a="b"} | json x="a[1.5]"',
    'parse error : stage \'| json x="a[1.5]"\' : cannot parse expression [a[1.5]]: cannot use float as array index',
  ],
  ['sum(rate({a=~".*"}[1m]))', NOT_SELECTIVE],
  ['vector(1) + rate({}[1m])', NOT_SELECTIVE],
  ['1_000', 'parse error : unable to parse literal as a float: strconv.ParseFloat: parsing "1_000": invalid syntax'],
];

describe.each([
  ['recorded answers', recorded],
  ['samples', samples],
  ['parser states and lexical errors', derived],
  ['checks', checks],
])('%s', (_name, rows) => {
  test.each(rows)('%s', (query, message) => {
    expect(errorOf(() => parseQuery(query))).toBe(message);
  });
});

describe('queries of the wrong kind', () => {
  test('a metric query where lines are wanted', () => {
    expect(errorOf(() => parseLogQuery('rate({a="b"}[1m])'))).toBe('only log selector is supported');
  });

  test('a pipeline where matchers are wanted', () => {
    expect(errorOf(() => parseMatchers('{a="b"} |= "x"'))).toBe('only label matchers are supported');
    expect(errorOf(() => parseMatchers('vector(1)'))).toBe('only label matchers are supported');
  });

  test('selectors that match everything are for the series endpoint only', () => {
    expect(errorOf(() => parseMatchers('{a=~".*"}'))).toBe(NOT_SELECTIVE);
    expect(parseMatchers('{a=~".*"}', { allowEmpty: true })).toEqual([{ name: 'a', op: '=~', value: '.*' }]);
    expect(parseMatchers('{}', { allowEmpty: true })).toEqual([]);
  });
});

test('an error knows its place', () => {
  try {
    parseQuery('{a="b"}\n  |= x');
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ line: 2, column: 6, code: 'bad_query' });
  }
});
