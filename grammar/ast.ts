import type { Matcher } from '../src/common/matcher.ts';

/** Offsets into the query text, in UTF-16 code units: `[start, end)`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

interface Node {
  readonly range: Range;
}

export type Expr = LogExpr | MetricExpr;

// ---------------------------------------------------------------- log queries

/** `{app="api"} |= "x" | json`: a stream selector and its pipeline. Parentheses around it leave no node. */
export interface LogExpr extends Node {
  readonly kind: 'LogExpr';
  readonly selector: Selector;
  readonly stages: readonly Stage[];
}

export interface Selector extends Node {
  readonly kind: 'Selector';
  readonly matchers: readonly (Matcher & Node)[];
}

export type Stage =
  | LineFilterStage
  | JsonStage
  | LogfmtStage
  | RegexpStage
  | PatternStage
  | UnpackStage
  | LabelFilterStage
  | LineFormatStage
  | LabelFormatStage
  | DecolorizeStage
  | DropStage
  | KeepStage;

export type LineFilterOp = '|=' | '!=' | '|~' | '!~' | '|>' | '!>';

/** One step and its `or` chain. `ip` marks `ip("...")`; inside a chain of two or more Loki reads it as text (fact 104). */
export interface LineFilterStage extends Node {
  readonly kind: 'LineFilter';
  readonly op: LineFilterOp;
  readonly alternatives: readonly LineFilterOperand[];
}

export interface LineFilterOperand extends Node {
  readonly value: string;
  readonly ip: boolean;
}

/** `label="path"`; a bare name stands for the path of the same name. */
export interface Extraction extends Node {
  readonly label: string;
  readonly expression: string;
}

/** Without extractions every leaf becomes a label. */
export interface JsonStage extends Node {
  readonly kind: 'Json';
  readonly extractions: readonly JsonExtraction[];
}

/** `path` is the parsed form of `expression`: keys and array indexes. */
export interface JsonExtraction extends Extraction {
  readonly path: readonly (string | number)[];
}

export interface LogfmtStage extends Node {
  readonly kind: 'Logfmt';
  readonly strict: boolean;
  readonly keepEmpty: boolean;
  readonly extractions: readonly Extraction[];
}

export interface RegexpStage extends Node {
  readonly kind: 'Regexp';
  readonly pattern: string;
}

export interface PatternStage extends Node {
  readonly kind: 'Pattern';
  readonly pattern: string;
  readonly parts: readonly PatternPart[];
}

/** A literal, or a capture; `name` is null for `<_>`. */
export type PatternPart =
  { readonly kind: 'Literal'; readonly text: string } | { readonly kind: 'Capture'; readonly name: string | null };

export interface UnpackStage extends Node {
  readonly kind: 'Unpack';
}

export interface LabelFilterStage extends Node {
  readonly kind: 'LabelFilter';
  readonly predicate: LabelPredicate;
}

/** `,` and juxtaposition read as `and`, grouped as in fact 117. */
export type LabelPredicate = LabelAnd | LabelOr | LabelComparison;

export interface LabelAnd extends Node {
  readonly kind: 'And';
  readonly left: LabelPredicate;
  readonly right: LabelPredicate;
}

export interface LabelOr extends Node {
  readonly kind: 'Or';
  readonly left: LabelPredicate;
  readonly right: LabelPredicate;
}

export type NumericOp = '==' | '!=' | '>' | '>=' | '<' | '<=';

export type LabelComparison = StringComparison | NumberComparison | DurationComparison | BytesComparison | IpComparison;

export interface StringComparison extends Node {
  readonly kind: 'StringComparison';
  readonly matcher: Matcher;
}

export interface NumberComparison extends Node {
  readonly kind: 'NumberComparison';
  readonly name: string;
  readonly op: NumericOp;
  readonly value: number;
}

export interface DurationComparison extends Node {
  readonly kind: 'DurationComparison';
  readonly name: string;
  readonly op: NumericOp;
  readonly valueNs: bigint;
}

export interface BytesComparison extends Node {
  readonly kind: 'BytesComparison';
  readonly name: string;
  readonly op: NumericOp;
  readonly valueBytes: number;
}

export interface IpComparison extends Node {
  readonly kind: 'IpComparison';
  readonly name: string;
  readonly op: '=' | '!=';
  readonly pattern: string;
}

export interface LineFormatStage extends Node {
  readonly kind: 'LineFormat';
  readonly template: string;
}

export interface LabelFormatStage extends Node {
  readonly kind: 'LabelFormat';
  readonly items: readonly LabelFormatItem[];
}

/** `to=from` renames, `to="template"` formats. */
export type LabelFormatItem =
  | (Node & { readonly kind: 'Rename'; readonly to: string; readonly from: string })
  | (Node & { readonly kind: 'Template'; readonly to: string; readonly template: string });

export interface DecolorizeStage extends Node {
  readonly kind: 'Decolorize';
}

/** A name, or a name with a condition on its value. */
export type LabelTarget = Node & { readonly name: string; readonly matcher: Matcher | null };

export interface DropStage extends Node {
  readonly kind: 'Drop';
  readonly targets: readonly LabelTarget[];
}

export interface KeepStage extends Node {
  readonly kind: 'Keep';
  readonly targets: readonly LabelTarget[];
}

// ------------------------------------------------------------- metric queries

export type MetricExpr =
  RangeAggregation | VectorAggregation | BinaryOp | LabelReplace | NumberLiteral | VectorLiteral | Variants;

export type RangeAggregationOp =
  | 'count_over_time'
  | 'rate'
  | 'rate_counter'
  | 'bytes_over_time'
  | 'bytes_rate'
  | 'avg_over_time'
  | 'sum_over_time'
  | 'min_over_time'
  | 'max_over_time'
  | 'stdvar_over_time'
  | 'stddev_over_time'
  | 'quantile_over_time'
  | 'first_over_time'
  | 'last_over_time'
  | 'absent_over_time';

export interface RangeAggregation extends Node {
  readonly kind: 'RangeAggregation';
  readonly op: RangeAggregationOp;
  /** The quantile of quantile_over_time. */
  readonly parameter: number | null;
  readonly logRange: LogRange;
  readonly grouping: Grouping | null;
}

/** What stands inside a range aggregation. */
export interface LogRange extends Node {
  readonly kind: 'LogRange';
  readonly log: LogExpr;
  readonly unwrap: Unwrap | null;
  readonly intervalNs: bigint;
  readonly offsetNs: bigint;
}

export interface Unwrap extends Node {
  readonly kind: 'Unwrap';
  readonly label: string;
  readonly conversion: 'bytes' | 'duration' | 'duration_seconds' | null;
  readonly postFilters: readonly LabelFilterStage[];
}

export interface Grouping extends Node {
  readonly kind: 'Grouping';
  readonly without: boolean;
  readonly names: readonly string[];
}

export type VectorAggregationOp =
  | 'sum'
  | 'avg'
  | 'min'
  | 'max'
  | 'count'
  | 'stddev'
  | 'stdvar'
  | 'topk'
  | 'bottomk'
  | 'approx_topk'
  | 'sort'
  | 'sort_desc';

export interface VectorAggregation extends Node {
  readonly kind: 'VectorAggregation';
  readonly op: VectorAggregationOp;
  /** k of topk, bottomk and approx_topk. */
  readonly parameter: number | null;
  readonly input: MetricExpr;
  readonly grouping: Grouping | null;
}

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '^';
export type ComparisonOp = '==' | '!=' | '>' | '>=' | '<' | '<=';
export type SetOp = 'and' | 'or' | 'unless';

export interface BinaryOp extends Node {
  readonly kind: 'BinaryOp';
  readonly op: ArithmeticOp | ComparisonOp | SetOp;
  readonly left: MetricExpr;
  readonly right: MetricExpr;
  readonly returnBool: boolean;
  readonly matching: VectorMatching | null;
}

/** `on (...)` or `ignoring (...)`, with `group_left (...)` or `group_right (...)`. */
export interface VectorMatching extends Node {
  readonly kind: 'VectorMatching';
  readonly on: boolean;
  readonly names: readonly string[];
  readonly group: 'left' | 'right' | null;
  readonly include: readonly string[];
}

export interface LabelReplace extends Node {
  readonly kind: 'LabelReplace';
  readonly input: MetricExpr;
  readonly destination: string;
  readonly replacement: string;
  readonly source: string;
  readonly pattern: string;
}

/** Also the result of constant folding at parse time. */
export interface NumberLiteral extends Node {
  readonly kind: 'NumberLiteral';
  readonly value: number;
}

export interface VectorLiteral extends Node {
  readonly kind: 'VectorLiteral';
  readonly value: number;
}

/** `variants(a, b) of ({...}[5m])`. */
export interface Variants extends Node {
  readonly kind: 'Variants';
  readonly variants: readonly MetricExpr[];
  readonly of: LogRange;
}
