import type { Matcher } from '../../src/common/matcher.ts';

/**
 * Pipeline stages as the executor runs them: no source ranges, sub-languages already parsed, everything serializable as
 * JSON (bigint as decimal text by the codec). The same union is used by logical and physical nodes.
 */
export type Stage = LineFilter | Parser | LabelFilter | LineFormat | LabelFormat | Decolorize | Drop | Keep;

export type LineFilterOp = '|=' | '!=' | '|~' | '!~' | '|>' | '!>';

/** Lines that match any alternative stay; negative ops keep lines that match none (fact 103). */
export interface LineFilter {
  readonly kind: 'LineFilter';
  readonly op: LineFilterOp;
  readonly alternatives: readonly { readonly value: string; readonly ip: boolean }[];
}

export type Parser = JsonParser | LogfmtParser | RegexpParser | PatternParser | UnpackParser;

/**
 * Parser hint: the labels that later stages can see; 'all' when the whole label set is visible. A parser may extract
 * more than the hint names, never less, and may stop reading a line once it has them all (fact 47).
 */
export type LabelHint = 'all' | readonly string[];

interface AnyParser {
  /**
   * Label filters that a row must pass as soon as this parser has set their label, before an error of the line counts
   * and whatever later stages make of the label (spec fact 48): the pipeline's filters on one label, `and` and `or` left
   * out, of each label the first. They are in the pipeline as stages too. Absent: none.
   */
  readonly immediateFilters?: readonly LabelPredicate[];
}

/** A parser that can fail. */
interface FallibleParser extends AnyParser {
  /**
   * Its errors do not fail a metric query but become series (`__preserve_error__`, spec fact 51). Absent is false; errors
   * of other stages are never preserved.
   */
  readonly preserveErrors?: true;
}

export interface JsonParser extends FallibleParser {
  readonly kind: 'Json';
  readonly extractions: readonly { readonly label: string; readonly path: readonly (string | number)[] }[];
  readonly needed: LabelHint;
  /** Lines are read to their end for their errors, also when everything needed was found. Absent is false. */
  readonly wholeLine?: true;
}

export interface LogfmtParser extends FallibleParser {
  readonly kind: 'Logfmt';
  readonly strict: boolean;
  readonly keepEmpty: boolean;
  readonly extractions: readonly { readonly label: string; readonly key: string }[];
  readonly needed: LabelHint;
}

export interface RegexpParser extends AnyParser {
  readonly kind: 'Regexp';
  readonly pattern: string;
  readonly needed: LabelHint;
}

export interface PatternParser extends AnyParser {
  readonly kind: 'Pattern';
  readonly parts: readonly (
    { readonly kind: 'Literal'; readonly text: string } | { readonly kind: 'Capture'; readonly name: string | null }
  )[];
  readonly needed: LabelHint;
}

export interface UnpackParser extends FallibleParser {
  readonly kind: 'Unpack';
  readonly needed: LabelHint;
}

export interface LabelFilter {
  readonly kind: 'LabelFilter';
  readonly predicate: LabelPredicate;
}

export type NumericOp = '==' | '!=' | '>' | '>=' | '<' | '<=';

export type LabelPredicate =
  | { readonly kind: 'And'; readonly left: LabelPredicate; readonly right: LabelPredicate }
  | { readonly kind: 'Or'; readonly left: LabelPredicate; readonly right: LabelPredicate }
  | { readonly kind: 'String'; readonly matcher: Matcher }
  | { readonly kind: 'Number'; readonly name: string; readonly op: NumericOp; readonly value: number }
  | { readonly kind: 'Duration'; readonly name: string; readonly op: NumericOp; readonly valueNs: bigint }
  | { readonly kind: 'Bytes'; readonly name: string; readonly op: NumericOp; readonly valueBytes: number }
  | { readonly kind: 'Ip'; readonly name: string; readonly op: '=' | '!='; readonly pattern: string };

export interface LineFormat {
  readonly kind: 'LineFormat';
  readonly template: string;
}

export interface LabelFormat {
  readonly kind: 'LabelFormat';
  readonly items: readonly (
    | { readonly kind: 'Rename'; readonly to: string; readonly from: string }
    | { readonly kind: 'Template'; readonly to: string; readonly template: string }
  )[];
}

export interface Decolorize {
  readonly kind: 'Decolorize';
}

export interface LabelTarget {
  readonly name: string;
  readonly matcher: Matcher | null;
}

export interface Drop {
  readonly kind: 'Drop';
  readonly targets: readonly LabelTarget[];
}

export interface Keep {
  readonly kind: 'Keep';
  readonly targets: readonly LabelTarget[];
}

/** Turns a label into the sample value; rows without the label, or with an empty one, are skipped (fact 152). */
export interface Unwrap {
  readonly label: string;
  readonly conversion: 'bytes' | 'duration' | 'duration_seconds' | null;
  readonly postFilters: readonly LabelPredicate[];
}
