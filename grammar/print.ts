import { unreachable } from '../src/common/assert.ts';
import { formatGoDuration, formatPrometheusDuration } from '../src/common/duration.ts';
import { formatFloat } from '../src/common/go-number.ts';
import { goQuote } from '../src/common/go-quote.ts';
import type { Matcher } from '../src/common/matcher.ts';
import type {
  BinaryOp,
  Expr,
  Grouping,
  LabelReplace,
  LogExpr,
  LogRange,
  RangeAggregation,
  Selector,
  Unwrap,
  Variants,
  VectorAggregation,
  VectorMatching,
} from './ast.ts';
import { formatFixed } from './format-number.ts';
import { printStage } from './print-stage.ts';
import { printPredicate } from './print-label-filter.ts';

/** The canonical text of a query, on one line, as Loki prints it; parsing it gives an equal tree. */
export function print(expr: Expr): string {
  switch (expr.kind) {
    case 'LogExpr':
      return printLogExpr(expr);
    case 'RangeAggregation':
      return printRangeAggregation(expr);
    case 'VectorAggregation':
      return printVectorAggregation(expr);
    case 'BinaryOp':
      return `(${print(expr.left)} ${printOperator(expr)} ${print(expr.right)})`;
    case 'LabelReplace':
      return `label_replace(${[print(expr.input), ...labelReplaceTexts(expr)].join(',')})`;
    case 'NumberLiteral':
      return printNumber(expr.value);
    case 'VectorLiteral':
      return `vector(${printVectorValue(expr.value)})`;
    case 'Variants':
      return printVariants(expr);
    default:
      return unreachable(expr);
  }
}

function printLogExpr(expr: LogExpr): string {
  return [printSelector(expr.selector), ...expr.stages.map(printStage)].join(' ');
}

export function printSelector(selector: Selector): string {
  return `{${selector.matchers.map(printMatcher).join(', ')}}`;
}

function printMatcher(matcher: Matcher): string {
  return `${matcher.name}${matcher.op}${goQuote(matcher.value)}`;
}

function printRangeAggregation(expr: RangeAggregation): string {
  const parameter = expr.parameter === null ? '' : `${formatFloat(expr.parameter)},`;
  const grouping = expr.grouping === null ? '' : printGrouping(expr.grouping);
  return `${expr.op}(${parameter}${printLogRange(expr.logRange)})${grouping}`;
}

export function printLogRange(range: LogRange): string {
  const unwrap = range.unwrap === null ? '' : ` ${printUnwrap(range.unwrap)}`;
  return `${printLogExpr(range.log)}${unwrap}${printInterval(range)}`;
}

/** `[5m]` or `[5m] offset 1h0m0s` (facts 166, 167). */
export function printInterval(range: LogRange): string {
  const offset = range.offsetNs === 0n ? '' : ` offset ${formatGoDuration(range.offsetNs)}`;
  return `[${formatPrometheusDuration(range.intervalNs)}]${offset}`;
}

export function printUnwrap(unwrap: Unwrap): string {
  const label = unwrap.conversion === null ? unwrap.label : `${unwrap.conversion}(${unwrap.label})`;
  const filters = unwrap.postFilters.map((filter) => ` | ${printPredicate(filter.predicate)}`);
  return `| unwrap ${label}${filters.join('')}`;
}

function printVectorAggregation(expr: VectorAggregation): string {
  const parameter = expr.parameter === null ? '' : `${expr.parameter},`;
  return `${expr.op}${printVectorGrouping(expr)}(${parameter}${print(expr.input)})`;
}

/** Over a vector, `by ()` is the same as no grouping and is not printed. */
export function printVectorGrouping(expr: VectorAggregation): string {
  const { grouping } = expr;
  if (grouping === null || (!grouping.without && grouping.names.length === 0)) return '';
  return printGrouping(grouping);
}

export function printGrouping(grouping: Grouping): string {
  return ` ${grouping.without ? 'without' : 'by'} (${grouping.names.join(',')})`;
}

/** The operator with its modifiers: `/ bool on (a) group_left (b)`. */
export function printOperator(expr: BinaryOp): string {
  const parts: string[] = [expr.op];
  if (expr.returnBool) parts.push('bool');
  if (expr.matching !== null) parts.push(printMatching(expr.matching));
  return parts.join(' ');
}

function printMatching(matching: VectorMatching): string {
  const parts = [`${matching.on ? 'on' : 'ignoring'} (${matching.names.join(',')})`];
  if (matching.group !== null) {
    // Always with its list: without one, a parenthesis that follows would be read as the list.
    parts.push(`group_${matching.group} (${matching.include.join(',')})`);
  }
  return parts.join(' ');
}

/** The string arguments of label_replace, quoted. */
export function labelReplaceTexts(expr: LabelReplace): string[] {
  return [expr.destination, expr.replacement, expr.source, expr.pattern].map(goQuote);
}

/**
 * A number such that parsing the text gives it back. Folding makes values that LogQL cannot write: those are printed as
 * the operation that makes them. `-0.0` because `-0` would be read as a duration (fact 166).
 */
function printNumber(value: number): string {
  if (Number.isNaN(value)) return '(0 / 0)';
  if (!Number.isFinite(value)) return `(${value < 0 ? '-' : ''}1e308 * 10)`;
  if (Object.is(value, -0)) return '-0.0';
  const magnitude = Math.abs(value);
  return magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e21) ? goExponent(value) : String(value);
}

/** Six decimals, or all that are needed. */
function printVectorValue(value: number): string {
  const fixed = formatFixed(value);
  return Number(fixed) === value ? fixed : formatFloat(value);
}

/** JavaScript's shortest digits in Go's form: an exponent of at least two digits. */
function goExponent(value: number): string {
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

function printVariants(expr: Variants): string {
  return `variants(${expr.variants.map(print).join(', ')}) of (${printLogRange(expr.of)})`;
}
