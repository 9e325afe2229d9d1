import { must, unreachable } from '../../src/common/assert.ts';
import type { Matcher } from '../../src/common/matcher.ts';
import { compileRegexp } from '../../src/common/regexp/compile.ts';
import { encodeUtf8 } from '../../src/common/utf8.ts';
import type { LabelPredicate, NumericOp } from '../../planner/ir/stage.ts';
import { ERROR_LABEL, type ColumnLabels } from '../batch/column-labels.ts';
import type { LabelReader } from '../batch/label-columns.ts';
import { compileIpMatcher, type IpMatcher } from '../kernels/ip-search.ts';
import { bytesConverter, durationConverter, floatConverter, type LabelConverter } from './label-value.ts';
import { ValueMemo } from './value-memo.ts';

/** Error label of a label that could not be converted for a comparison (fact 157). */
export const LABEL_FILTER_ERROR = 'LabelFilterErr';

/** A compiled label predicate. `bind` is called with each batch's labels before its rows are tested. */
export interface RowPredicate {
  /** Whether `test` may set an error on the row. */
  readonly setsErrors: boolean;
  /** Whether `test` asks which error the row has. */
  readonly readsErrors: boolean;
  bind(labels: ColumnLabels): void;
  test(row: number): boolean;
  /** Whether `test` will be false, whatever errors the row gets until then. Sets none. */
  refuses(row: number): boolean;
}

/** Tests bytes; a missing label is the empty slice. */
export type ValueTest = (heap: Uint8Array, start: number, end: number) => boolean;

const NO_BYTES = new Uint8Array(0);

export function compilePredicate(predicate: LabelPredicate): RowPredicate {
  switch (predicate.kind) {
    case 'And':
      return new Both(compilePredicate(predicate.left), compilePredicate(predicate.right));
    case 'Or':
      return new Either(compilePredicate(predicate.left), compilePredicate(predicate.right));
    case 'String':
      return new StringPredicate(predicate.matcher.name, compileValueTest(predicate.matcher));
    case 'Number':
      return new NumericPredicate(predicate.name, floatConverter(), predicate.op, predicate.value);
    case 'Duration':
      return new NumericPredicate(predicate.name, durationConverter(), predicate.op, Number(predicate.valueNs));
    case 'Bytes':
      return new NumericPredicate(predicate.name, bytesConverter(), predicate.op, predicate.valueBytes);
    case 'Ip':
      return new IpPredicate(predicate.name, compileIpMatcher(predicate.pattern), predicate.op === '=');
    default:
      return unreachable(predicate);
  }
}

/** The right side runs even if the left one is false when it may set an error: an `or` around could see it. */
class Both implements RowPredicate {
  readonly setsErrors: boolean;
  readonly readsErrors: boolean;
  readonly #left: RowPredicate;
  readonly #right: RowPredicate;

  constructor(left: RowPredicate, right: RowPredicate) {
    this.#left = left;
    this.#right = right;
    this.setsErrors = left.setsErrors || right.setsErrors;
    this.readsErrors = left.readsErrors || right.readsErrors;
  }

  bind(labels: ColumnLabels): void {
    // One side may see what the other sets: the state must be there before it is read.
    if (this.setsErrors && this.readsErrors) labels.prepareErrors();
    this.#left.bind(labels);
    this.#right.bind(labels);
  }

  refuses(row: number): boolean {
    return this.#left.refuses(row) || this.#right.refuses(row);
  }

  test(row: number): boolean {
    const left = this.#left.test(row);
    if (!left && !this.#right.setsErrors) return false;
    return this.#right.test(row) && left;
  }
}

/** A true left side decides (fact 112). */
class Either implements RowPredicate {
  readonly setsErrors: boolean;
  readonly readsErrors: boolean;
  readonly #left: RowPredicate;
  readonly #right: RowPredicate;

  constructor(left: RowPredicate, right: RowPredicate) {
    this.#left = left;
    this.#right = right;
    this.setsErrors = left.setsErrors || right.setsErrors;
    this.readsErrors = left.readsErrors || right.readsErrors;
  }

  bind(labels: ColumnLabels): void {
    // One side may see what the other sets: the state must be there before it is read.
    if (this.setsErrors && this.readsErrors) labels.prepareErrors();
    this.#left.bind(labels);
    this.#right.bind(labels);
  }

  refuses(row: number): boolean {
    return this.#left.refuses(row) && this.#right.refuses(row);
  }

  test(row: number): boolean {
    return this.#left.test(row) || this.#right.test(row);
  }
}

/** A missing label is compared as the empty string (fact 110). */
class StringPredicate implements RowPredicate {
  readonly setsErrors = false;
  readonly readsErrors: boolean;
  readonly #name: string;
  readonly #test: ValueTest;
  #reader: LabelReader | null = null;

  constructor(name: string, test: ValueTest) {
    this.#name = name;
    this.readsErrors = name === ERROR_LABEL;
    this.#test = test;
  }

  bind(labels: ColumnLabels): void {
    this.#reader = labels.filterReader(this.#name);
  }

  refuses(row: number): boolean {
    return !this.readsErrors && !this.test(row);
  }

  test(row: number): boolean {
    const reader = this.#reader as LabelReader;
    return reader.at(row) ? this.#test(reader.heap, reader.start, reader.end) : this.#test(NO_BYTES, 0, 0);
  }
}

/**
 * A missing label fails, also on a row that has an error (fact 111); a value that cannot be converted passes and sets an
 * error where there is none yet (fact 112).
 */
class NumericPredicate implements RowPredicate {
  readonly setsErrors = true;
  readonly readsErrors = false;
  readonly #name: string;
  readonly #converter: LabelConverter;
  readonly #op: NumericOp;
  readonly #bound: number;
  #labels: ColumnLabels | null = null;
  #reader: LabelReader | null = null;

  constructor(name: string, converter: LabelConverter, op: NumericOp, bound: number) {
    this.#name = name;
    this.#converter = converter;
    this.#op = op;
    this.#bound = bound;
  }

  bind(labels: ColumnLabels): void {
    this.#labels = labels;
    this.#reader = labels.filterReader(this.#name);
  }

  refuses(row: number): boolean {
    const reader = must(this.#reader);
    if (!reader.at(row)) return true;
    const value = this.#converter.convert(reader.heap, reader.start, reader.end);
    return this.#converter.error === null && !compareNumbers(this.#op, value, this.#bound);
  }

  test(row: number): boolean {
    const labels = must(this.#labels);
    const reader = must(this.#reader);
    if (!reader.at(row)) return false;
    const value = this.#converter.convert(reader.heap, reader.start, reader.end);
    if (this.#converter.error !== null) {
      if (!labels.hasError(row)) labels.setError(row, LABEL_FILTER_ERROR, this.#converter.error);
      return true;
    }
    return compareNumbers(this.#op, value, this.#bound);
  }
}

function compareNumbers(op: NumericOp, value: number, bound: number): boolean {
  switch (op) {
    case '==':
      return value === bound;
    case '!=':
      return value !== bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    default:
      return unreachable(op);
  }
}

/** A missing label fails for both operators; a row with an error passes (fact 109). */
class IpPredicate implements RowPredicate {
  readonly setsErrors = false;
  readonly readsErrors = false;
  readonly #name: string;
  readonly #matches: IpMatcher;
  readonly #wanted: boolean;
  #labels: ColumnLabels | null = null;
  #reader: LabelReader | null = null;

  constructor(name: string, matches: IpMatcher, wanted: boolean) {
    this.#name = name;
    this.#matches = matches;
    this.#wanted = wanted;
  }

  bind(labels: ColumnLabels): void {
    this.#labels = labels;
    this.#reader = labels.filterReader(this.#name);
  }

  /** A row that gets an error passes. */
  refuses(): boolean {
    return false;
  }

  test(row: number): boolean {
    const reader = must(this.#reader);
    if (must(this.#labels).hasError(row)) return true;
    return reader.at(row) && this.#matches(reader.heap, reader.start, reader.end) === this.#wanted;
  }
}

/** A matcher over bytes. Regular expressions match the whole value; `.` does not match a newline (fact 118). */
export function compileValueTest({ op, value }: Matcher): ValueTest {
  switch (op) {
    case '=':
      return equals(encodeUtf8(value));
    case '!=': {
      const test = equals(encodeUtf8(value));
      return (heap, start, end) => !test(heap, start, end);
    }
    case '=~':
      return regexpTest(value);
    case '!~': {
      const test = regexpTest(value);
      return (heap, start, end) => !test(heap, start, end);
    }
    default:
      return unreachable(op);
  }
}

function equals(wanted: Uint8Array): ValueTest {
  const length = wanted.length;
  return (heap, start, end) => {
    if (end - start !== length) return false;
    for (let i = 0; i < length; i++) if (wanted[i] !== heap[start + i]) return false;
    return true;
  };
}

function regexpTest(pattern: string): ValueTest {
  const regexp = compileRegexp(pattern, { anchored: true, dotAll: false });
  // These two are simplified in Loki, with newlines in the value too.
  if (pattern === '.*') return () => true;
  if (pattern === '.+') return (_, start, end) => end > start;
  const memo = new ValueMemo((heap, start, end) => regexp.testBytes(heap, start, end));
  return (heap, start, end) => memo.get(heap, start, end);
}
