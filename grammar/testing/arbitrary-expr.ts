import fc from 'fast-check';
import type { Matcher } from '../../src/common/matcher.ts';
import type {
  Expr,
  Extraction,
  Grouping,
  LabelFilterStage,
  LabelPredicate,
  LabelTarget,
  LineFilterStage,
  LogExpr,
  LogRange,
  MetricExpr,
  NumericOp,
  RangeAggregation,
  RangeAggregationOp,
  Selector,
  Stage,
  Unwrap,
  VectorAggregation,
} from '../ast.ts';
import { readJsonPath } from '../jsonpath/parse-json-path.ts';
import { readPattern } from '../pattern/parse-pattern.ts';

/** What generated queries talk about: bias it to the labels and words of a data set. */
export interface ExprWords {
  readonly labels: readonly string[];
  readonly values: readonly string[];
  readonly lineWords: readonly string[];
}

export const defaultWords: ExprWords = {
  labels: ['app', 'env', 'level', 'status', 'count', 'rate', 'bytes', 'duration', '_x', 'größe', '__error__'],
  values: ['', 'api', 'a"b', 'c\\d', 'new\nline', 'naïve ☕', '\u0000', 'x`y'],
  lineWords: ['error', '', 'GET /', 'a or b', '{"k": 1}', '\ttab'],
};

const REGEXPS = ['.+', 'a|b', '(?i)error', '[0-9]{3}', '^x$', '\\bfoo\\b'];
const NAMED_REGEXPS = ['(?P<method>[A-Z]+)', '(?P<a>\\d+) (?P<b>\\S+)'];
const PATTERNS = ['<ip> <_> "<method> <path>"', 'x<a>y', '<a>'];
const LINE_PATTERNS = ['<_>x<_>', 'literal', '', 'a <_> b'];
const PATHS = ['a', 'a.b', 'a["b c"][0]', '[3].x', '["k"]'];
const TEMPLATES = ['{{.app}}', 'plain', '{{ .level | ToUpper }} "x"', ''];
const ADDRESSES = ['10.0.0.1', '192.168.0.0/16', '10.0.0.1-10.0.0.9', '::1', '2001:db8::/32'];

const range = { start: 0, end: 0 };
const NUMERIC_OPS: readonly NumericOp[] = ['==', '!=', '>', '>=', '<', '<='];

/** Trees of valid queries whose text parses to an equal tree; ranges are zero. Numbers are never folded together. */
export function arbitraryExpr(words: ExprWords = defaultWords): fc.Arbitrary<Expr> {
  return fc.oneof(arbitraryLogExpr(words), arbitraryMetricExpr(words));
}

function matcher(words: ExprWords): fc.Arbitrary<Matcher> {
  const name = fc.constantFrom(...words.labels);
  return fc.oneof(
    fc.record({ name, op: fc.constantFrom('=' as const, '!=' as const), value: fc.constantFrom(...words.values) }),
    fc.record({ name, op: fc.constantFrom('=~' as const, '!~' as const), value: fc.constantFrom(...REGEXPS) }),
  );
}

/** The first matcher keeps the selector from matching everything. */
function selector(words: ExprWords): fc.Arbitrary<Selector> {
  const first = fc.constantFrom(...words.values.filter((value) => value !== ''));
  return fc.tuple(first, fc.array(matcher(words), { maxLength: 3 })).map(([value, rest]) => {
    const selective: Matcher = { name: words.labels[0] ?? 'app', op: '=', value };
    return { kind: 'Selector', matchers: [selective, ...rest].map((item) => ({ ...item, range })), range };
  });
}

export function arbitraryLogExpr(words: ExprWords = defaultWords): fc.Arbitrary<LogExpr> {
  return fc
    .tuple(selector(words), fc.array(stage(words), { maxLength: 4 }))
    .map(([chosen, stages]) => ({ kind: 'LogExpr', selector: chosen, stages: writable(stages), range }));
}

/** Without line filters whose text would be read as the condition of a name dropped or kept before them. */
function writable(stages: readonly Stage[]): Stage[] {
  const kept: Stage[] = [];
  for (const item of stages) {
    const before = kept.at(-1);
    const endsInName = (before?.kind === 'Drop' || before?.kind === 'Keep') && before.targets.at(-1)?.matcher === null;
    const readAsMatcher = item.kind === 'LineFilter' && (item.op === '!=' || item.op === '!~');
    if (!(endsInName && readAsMatcher)) kept.push(item);
  }
  return kept;
}

function stage(words: ExprWords): fc.Arbitrary<Stage> {
  return fc.oneof(
    lineFilter(words),
    parserStage(words),
    labelFilter(words),
    formatStage(words),
    fc.record({
      kind: fc.constantFrom('Drop' as const, 'Keep' as const),
      targets: fc.array(target(words), { minLength: 1, maxLength: 3 }),
      range: fc.constant(range),
    }),
  );
}

function lineFilter(words: ExprWords): fc.Arbitrary<LineFilterStage> {
  const of = (op: LineFilterStage['op'], texts: readonly string[], ip: boolean): fc.Arbitrary<LineFilterStage> =>
    fc.array(fc.constantFrom(...texts), { minLength: 1, maxLength: ip ? 1 : 3 }).map((chosen) => ({
      kind: 'LineFilter',
      op,
      alternatives: chosen.map((value) => ({ value, ip, range })),
      range,
    }));
  return fc.oneof(
    of('|=', words.lineWords, false),
    of('!=', words.lineWords, false),
    of('|~', REGEXPS, false),
    of('!~', REGEXPS, false),
    of('|>', LINE_PATTERNS, false),
    of('!>', LINE_PATTERNS, false),
    of('|=', ADDRESSES, true),
    of('!=', ADDRESSES, true),
  );
}

function extractions(words: ExprWords): fc.Arbitrary<Extraction[]> {
  const item = fc.record({
    label: fc.constantFrom(...words.labels),
    expression: fc.constantFrom(...PATHS),
    range: fc.constant(range),
  });
  return fc.array(item, { maxLength: 3 });
}

function parserStage(words: ExprWords): fc.Arbitrary<Stage> {
  return fc.oneof(
    extractions(words).map((list): Stage => {
      const withPaths = list.map((item) => ({ ...item, path: readJsonPath(item.expression).path }));
      return { kind: 'Json', extractions: withPaths, range };
    }),
    fc
      .tuple(fc.boolean(), fc.boolean(), extractions(words))
      .map(([strict, keepEmpty, list]): Stage => ({ kind: 'Logfmt', strict, keepEmpty, extractions: list, range })),
    fc.constantFrom(...NAMED_REGEXPS).map((pattern): Stage => ({ kind: 'Regexp', pattern, range })),
    fc
      .constantFrom(...PATTERNS)
      .map((pattern): Stage => ({ kind: 'Pattern', pattern, parts: readPattern(pattern), range })),
    fc.constantFrom<Stage>({ kind: 'Unpack', range }, { kind: 'Decolorize', range }),
  );
}

function formatStage(words: ExprWords): fc.Arbitrary<Stage> {
  const label = fc.constantFrom(...words.labels.filter((name) => name !== '__error__'));
  const item = fc.oneof(
    fc.record({ kind: fc.constant('Rename' as const), to: label, from: label, range: fc.constant(range) }),
    fc.record({
      kind: fc.constant('Template' as const),
      to: label,
      template: fc.constantFrom(...TEMPLATES),
      range: fc.constant(range),
    }),
  );
  return fc.oneof(
    fc.constantFrom(...TEMPLATES).map((template): Stage => ({ kind: 'LineFormat', template, range })),
    fc
      .uniqueArray(item, { minLength: 1, maxLength: 3, selector: (chosen) => chosen.to })
      .map((items): Stage => ({ kind: 'LabelFormat', items, range })),
  );
}

function target(words: ExprWords): fc.Arbitrary<LabelTarget> {
  return fc.oneof(
    fc.constantFrom(...words.labels).map((name) => ({ name, matcher: null, range })),
    matcher(words).map((chosen) => ({ name: chosen.name, matcher: chosen, range })),
  );
}

function labelFilter(words: ExprWords): fc.Arbitrary<LabelFilterStage> {
  return predicate(words).map((chosen) => ({ kind: 'LabelFilter', predicate: chosen, range }));
}

function predicate(words: ExprWords): fc.Arbitrary<LabelPredicate> {
  const name = fc.constantFrom(...words.labels);
  const op = fc.constantFrom(...NUMERIC_OPS);
  const rangeOnly = fc.constant(range);
  const { tree } = fc.letrec<{ tree: LabelPredicate; leaf: LabelPredicate }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      tie('leaf'),
      fc.record({
        kind: fc.constantFrom('And' as const, 'Or' as const),
        left: tie('tree'),
        right: tie('tree'),
        range: rangeOnly,
      }),
    ),
    leaf: fc.oneof(
      matcher(words).map((chosen): LabelPredicate => ({ kind: 'StringComparison', matcher: chosen, range })),
      fc.record({ kind: fc.constant('NumberComparison' as const), name, op, value: number(), range: rangeOnly }),
      fc.record({
        kind: fc.constant('DurationComparison' as const),
        name,
        op,
        valueNs: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 18n }),
        range: rangeOnly,
      }),
      fc.record({
        kind: fc.constant('BytesComparison' as const),
        name,
        op,
        valueBytes: fc.nat().map((n) => n * 1000),
        range: rangeOnly,
      }),
      fc.record({
        kind: fc.constant('IpComparison' as const),
        name,
        op: fc.constantFrom('=' as const, '!=' as const),
        pattern: fc.constantFrom(...ADDRESSES),
        range: rangeOnly,
      }),
    ),
  }));
  return tree;
}

function number(): fc.Arbitrary<number> {
  return fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
}

export function arbitraryMetricExpr(words: ExprWords = defaultWords): fc.Arbitrary<MetricExpr> {
  const { metric } = fc.letrec<{ metric: MetricExpr; leaf: MetricExpr }>((tie) => ({
    metric: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      tie('leaf'),
      vectorAggregation(words, tie('metric')),
      binaryOp(words, tie('metric')),
      fc.record({
        kind: fc.constant('LabelReplace' as const),
        input: tie('metric'),
        destination: fc.constantFrom(...words.labels),
        replacement: fc.constantFrom('$1', '', 'x"y'),
        source: fc.constantFrom(...words.labels),
        pattern: fc.constantFrom(...REGEXPS),
        range: fc.constant(range),
      }),
    ),
    leaf: fc.oneof(
      { arbitrary: rangeAggregation(words), weight: 4 },
      fc
        .double({ min: 0, noNaN: true, noDefaultInfinity: true })
        .map((value): MetricExpr => ({ kind: 'VectorLiteral', value: value + 0, range })),
    ),
  }));
  return metric;
}

function grouping(words: ExprWords): fc.Arbitrary<Grouping> {
  return fc.record({
    kind: fc.constant('Grouping' as const),
    without: fc.boolean(),
    names: fc.array(fc.constantFrom(...words.labels), { minLength: 1, maxLength: 2 }),
    range: fc.constant(range),
  });
}

function vectorAggregation(words: ExprWords, input: fc.Arbitrary<MetricExpr>): fc.Arbitrary<VectorAggregation> {
  const kind = fc.constant('VectorAggregation' as const);
  const rangeOnly = fc.constant(range);
  return fc.oneof(
    fc.record({
      kind,
      op: fc.constantFrom('sum' as const, 'avg' as const, 'min' as const, 'max' as const, 'count' as const),
      parameter: fc.constant(null),
      input,
      grouping: fc.option(grouping(words)),
      range: rangeOnly,
    }),
    fc.record({
      kind,
      op: fc.constantFrom('topk' as const, 'bottomk' as const),
      parameter: fc.integer({ min: 1, max: 10 }),
      input,
      grouping: fc.option(grouping(words)),
      range: rangeOnly,
    }),
    fc.record({
      kind,
      op: fc.constantFrom('sort' as const, 'sort_desc' as const, 'stddev' as const, 'stdvar' as const),
      parameter: fc.constant(null),
      input,
      grouping: fc.constant(null),
      range: rangeOnly,
    }),
  );
}

/** One side may be a number of an arithmetic or comparing operation, never both. */
function binaryOp(words: ExprWords, operand: fc.Arbitrary<MetricExpr>): fc.Arbitrary<MetricExpr> {
  const kind = fc.constant('BinaryOp' as const);
  const literal = fc.oneof(number(), fc.constantFrom(NaN, Infinity, -Infinity, -0));
  const names = fc.uniqueArray(fc.constantFrom(...words.labels), { maxLength: 2 });
  const matching = fc.record({
    kind: fc.constant('VectorMatching' as const),
    on: fc.boolean(),
    names,
    group: fc.constantFrom('left' as const, 'right' as const, null),
    include: names,
    range: fc.constant(range),
  });
  const arithmetic = fc.constantFrom('+', '-', '*', '/', '%', '^', '==', '!=', '>', '>=', '<', '<=');
  const vectors = fc.record({
    kind,
    op: fc.oneof(arithmetic, fc.constantFrom('and', 'or', 'unless')),
    left: operand,
    right: operand,
    returnBool: fc.boolean(),
    matching: fc.option(matching.map((item) => (item.group === null ? { ...item, include: [] } : item))),
    range: fc.constant(range),
  });
  const scalars = fc
    .tuple(arithmetic, operand, literal, fc.boolean(), fc.boolean())
    .map(([op, vector, value, swap, returnBool]) => {
      const scalar: MetricExpr = { kind: 'NumberLiteral', value, range };
      const sides = swap ? { left: scalar, right: vector } : { left: vector, right: scalar };
      return { kind: 'BinaryOp', op, ...sides, returnBool, matching: null, range };
    });
  return fc.oneof(vectors, scalars) as fc.Arbitrary<MetricExpr>;
}

const ENTRY_OPS: readonly RangeAggregationOp[] = [
  'count_over_time',
  'rate',
  'bytes_over_time',
  'bytes_rate',
  'absent_over_time',
];
const VALUE_OPS: readonly RangeAggregationOp[] = ['rate', 'rate_counter', 'sum_over_time'];
const GROUPED_OPS: readonly RangeAggregationOp[] = [
  'avg_over_time',
  'min_over_time',
  'max_over_time',
  'stdvar_over_time',
  'stddev_over_time',
  'first_over_time',
  'last_over_time',
];

function rangeAggregation(words: ExprWords): fc.Arbitrary<RangeAggregation> {
  const of = (
    ops: readonly RangeAggregationOp[],
    logRanges: fc.Arbitrary<LogRange>,
    groupings: fc.Arbitrary<Grouping | null>,
    parameters: fc.Arbitrary<number | null>,
  ): fc.Arbitrary<RangeAggregation> =>
    fc.record({
      kind: fc.constant('RangeAggregation' as const),
      op: fc.constantFrom(...ops),
      parameter: parameters,
      logRange: logRanges,
      grouping: groupings,
      range: fc.constant(range),
    });
  const none = fc.constant(null);
  const quantile = fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0);
  return fc.oneof(
    of(ENTRY_OPS, logRange(words, none), none, none),
    of(VALUE_OPS, logRange(words, unwrap(words)), none, none),
    of(GROUPED_OPS, logRange(words, unwrap(words)), fc.option(grouping(words)), none),
    of(['quantile_over_time'], logRange(words, unwrap(words)), fc.option(grouping(words)), quantile),
  );
}

function logRange(words: ExprWords, unwraps: fc.Arbitrary<Unwrap | null>): fc.Arbitrary<LogRange> {
  return fc.record({
    kind: fc.constant('LogRange' as const),
    log: arbitraryLogExpr(words),
    unwrap: unwraps,
    intervalNs: fc.integer({ min: 1, max: 10_000_000 }).map((ms) => BigInt(ms) * 1_000_000n),
    offsetNs: fc.oneof(fc.constant(0n), fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n })),
    range: fc.constant(range),
  });
}

function unwrap(words: ExprWords): fc.Arbitrary<Unwrap> {
  return fc.record({
    kind: fc.constant('Unwrap' as const),
    label: fc.constantFrom(...words.labels),
    conversion: fc.constantFrom('bytes' as const, 'duration' as const, 'duration_seconds' as const, null),
    postFilters: fc.array(labelFilter(words), { maxLength: 2 }),
    range: fc.constant(range),
  });
}
