import { unreachable } from '../src/common/assert.ts';
import { formatFloat } from '../src/common/go-number.ts';
import type {
  BinaryOp,
  Expr,
  LabelReplace,
  LogExpr,
  LogRange,
  MetricExpr,
  RangeAggregation,
  Variants,
  VectorAggregation,
} from './ast.ts';
import { parseExpr } from './parse.ts';
import {
  labelReplaceTexts,
  print,
  printGrouping,
  printInterval,
  printLogRange,
  printOperator,
  printSelector,
  printUnwrap,
  printVectorGrouping,
} from './print.ts';
import { printStage } from './print-stage.ts';

/** Characters that a piece of a query may have on one line. */
const LINE_LENGTH_MAX = 100;

/** The query in canonical form, broken over indented lines where it is long. Throws LogQLError. */
export function formatQuery(text: string): string {
  return formatExpr(parseExpr(text), 0);
}

function indent(level: number): string {
  return '  '.repeat(level);
}

/** `expr` at an indentation of `level`, on one line if its canonical text is short enough. */
function formatExpr(expr: Expr, level: number): string {
  const line = print(expr);
  return line.length <= LINE_LENGTH_MAX ? indent(level) + line : breakExpr(expr, level);
}

function breakExpr(expr: Expr, level: number): string {
  switch (expr.kind) {
    case 'LogExpr':
      return breakLogExpr(expr, level);
    case 'RangeAggregation':
      return breakRangeAggregation(expr, level);
    case 'VectorAggregation':
      return breakVectorAggregation(expr, level);
    case 'BinaryOp':
      return breakBinaryOp(expr, level);
    case 'LabelReplace':
      return breakLabelReplace(expr, level);
    case 'Variants':
      return breakVariants(expr, level);
    case 'NumberLiteral':
    case 'VectorLiteral':
      return indent(level) + print(expr);
    default:
      return unreachable(expr);
  }
}

/** Every stage on a line of its own. */
function breakLogExpr(expr: LogExpr, level: number): string {
  const stages = expr.stages.map((stage) => indent(level + 1) + printStage(stage));
  return [indent(level) + printSelector(expr.selector), ...stages].join('\n');
}

/** The interval stands behind the last stage. */
function formatLogRange(range: LogRange, level: number): string {
  if (printLogRange(range).length <= LINE_LENGTH_MAX) {
    const unwrap = range.unwrap === null ? '' : ` ${printUnwrap(range.unwrap)}`;
    return `${indent(level)}${print(range.log)}${unwrap} ${printInterval(range)}`;
  }
  const log = formatExpr(range.log, level);
  const unwrap = range.unwrap === null ? '' : `\n${indent(level + 1)}${printUnwrap(range.unwrap)}`;
  return `${log}${unwrap} ${printInterval(range)}`;
}

/** `head(`, the arguments on lines of their own, `)`. Arguments come indented. */
function breakCall(head: string, args: readonly string[], level: number): string {
  return `${indent(level)}${head}(\n${args.join(',\n')}\n${indent(level)})`;
}

function breakRangeAggregation(expr: RangeAggregation, level: number): string {
  const parameter = expr.parameter === null ? [] : [indent(level + 1) + formatFloat(expr.parameter)];
  const args = [...parameter, formatLogRange(expr.logRange, level + 1)];
  return breakCall(expr.op, args, level) + (expr.grouping === null ? '' : printGrouping(expr.grouping));
}

function breakVectorAggregation(expr: VectorAggregation, level: number): string {
  const parameter = expr.parameter === null ? [] : [`${indent(level + 1)}${expr.parameter}`];
  return breakCall(expr.op + printVectorGrouping(expr), [...parameter, formatExpr(expr.input, level + 1)], level);
}

/** The operator on a line of its own between its operands. */
function breakBinaryOp(expr: BinaryOp, level: number): string {
  const operator = indent(level) + printOperator(expr);
  return [formatOperand(expr.left, level + 1), operator, formatOperand(expr.right, level + 1)].join('\n');
}

/** An operation inside an operation that is broken over lines keeps parentheses, so that it stays the operand. */
function formatOperand(expr: MetricExpr, level: number): string {
  const line = print(expr);
  if (expr.kind !== 'BinaryOp' || line.length <= LINE_LENGTH_MAX) return formatExpr(expr, level);
  return breakCall('', [breakBinaryOp(expr, level + 1)], level);
}

function breakLabelReplace(expr: LabelReplace, level: number): string {
  const texts = labelReplaceTexts(expr).map((text) => indent(level + 1) + text);
  return breakCall('label_replace', [formatExpr(expr.input, level + 1), ...texts], level);
}

function breakVariants(expr: Variants, level: number): string {
  const variants = expr.variants.map((variant) => formatExpr(variant, level + 1));
  const of = `${indent(level)}) of (\n${formatLogRange(expr.of, level + 1)}\n${indent(level)})`;
  return `${indent(level)}variants(\n${variants.join(',\n')}\n${of}`;
}
