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
import { groupsFromRight, PRECEDENCE } from './precedence.ts';
import { hasMoreNodes } from './visit.ts';

/** Characters that a piece of a query may have on one line. */
const LINE_LENGTH_MAX = 100;

/** The query in canonical form, broken over indented lines where it is long. Throws LogQLError. */
export function formatQuery(text: string): string {
  const lines: string[] = [];
  writeExpr(parseExpr(text), 0, (level, line) => lines.push('  '.repeat(level) + line));
  return lines.join('\n');
}

/** Takes one line at an indentation level. */
type Write = (level: number, line: string) => void;

/** What `body` writes, with `suffix` behind its last line. */
function withLastLine(write: Write, suffix: string, body: (write: Write) => void): void {
  const held: (readonly [level: number, line: string])[] = [];
  body((level, line) => {
    const before = held.pop();
    if (before !== undefined) write(...before);
    held.push([level, line]);
  });
  for (const [level, line] of held) write(level, line + suffix);
}

/** `expr` on one line if its canonical text is short enough. */
function writeExpr(expr: Expr, level: number, write: Write): void {
  if (fits(expr)) write(level, print(expr));
  else writeBroken(expr, level, write);
}

/** A node prints as at least one character, so a large tree need not be printed to know that it is long. */
function fits(node: Expr | LogRange): boolean {
  if (hasMoreNodes(node, LINE_LENGTH_MAX)) return false;
  const text = node.kind === 'LogRange' ? printLogRange(node) : print(node);
  return text.length <= LINE_LENGTH_MAX;
}

function writeBroken(expr: Expr, level: number, write: Write): void {
  switch (expr.kind) {
    case 'LogExpr':
      return writeLogExpr(expr, level, write);
    case 'RangeAggregation':
      return writeRangeAggregation(expr, level, write);
    case 'VectorAggregation':
      return writeVectorAggregation(expr, level, write);
    case 'BinaryOp':
      return writeBinaryOp(expr, level, write);
    case 'LabelReplace':
      return writeLabelReplace(expr, level, write);
    case 'Variants':
      return writeVariants(expr, level, write);
    case 'NumberLiteral':
    case 'VectorLiteral':
      return write(level, print(expr));
    default:
      return unreachable(expr);
  }
}

/** Every stage on a line of its own. */
function writeLogExpr(expr: LogExpr, level: number, write: Write): void {
  write(level, printSelector(expr.selector));
  for (const stage of expr.stages) write(level + 1, printStage(stage));
}

/** The interval stands behind the last stage. */
function writeLogRange(range: LogRange, level: number, write: Write): void {
  const unwrap = range.unwrap === null ? null : printUnwrap(range.unwrap);
  if (fits(range)) {
    write(level, [print(range.log), unwrap, printInterval(range)].filter((part) => part !== null).join(' '));
    return;
  }
  withLastLine(write, ` ${printInterval(range)}`, (inner) => {
    writeExpr(range.log, level, inner);
    if (unwrap !== null) inner(level + 1, unwrap);
  });
}

/** Writes one argument of a call at a level. */
type WriteArgument = (level: number, write: Write) => void;

/** `head(`, the arguments on lines of their own, `)` and what follows it. */
function writeCall(head: string, args: readonly WriteArgument[], tail: string, level: number, write: Write): void {
  write(level, `${head}(`);
  for (const [i, argument] of args.entries()) {
    const comma = i < args.length - 1 ? ',' : '';
    withLastLine(write, comma, (inner) => {
      argument(level + 1, inner);
    });
  }
  write(level, `)${tail}`);
}

function textArgument(text: string): WriteArgument {
  return (level, write) => {
    write(level, text);
  };
}

function exprArgument(expr: Expr): WriteArgument {
  return (level, write) => {
    writeExpr(expr, level, write);
  };
}

function rangeArgument(range: LogRange): WriteArgument {
  return (level, write) => {
    writeLogRange(range, level, write);
  };
}

function writeRangeAggregation(expr: RangeAggregation, level: number, write: Write): void {
  const parameter = expr.parameter === null ? [] : [textArgument(formatFloat(expr.parameter))];
  const grouping = expr.grouping === null ? '' : printGrouping(expr.grouping);
  writeCall(expr.op, [...parameter, rangeArgument(expr.logRange)], grouping, level, write);
}

function writeVectorAggregation(expr: VectorAggregation, level: number, write: Write): void {
  const parameter = expr.parameter === null ? [] : [textArgument(String(expr.parameter))];
  writeCall(expr.op + printVectorGrouping(expr), [...parameter, exprArgument(expr.input)], '', level, write);
}

function writeLabelReplace(expr: LabelReplace, level: number, write: Write): void {
  const texts = labelReplaceTexts(expr).map(textArgument);
  writeCall('label_replace', [exprArgument(expr.input), ...texts], '', level, write);
}

function writeVariants(expr: Variants, level: number, write: Write): void {
  withLastLine(write, ' of (', (inner) => {
    writeCall('variants', expr.variants.map(exprArgument), '', level, inner);
  });
  writeLogRange(expr.of, level + 1, write);
  write(level, ')');
}

/**
 * Every operator on a line of its own between its operands. A chain that groups by itself (`a + b - c`) stays one chain;
 * any other operation inside an operation keeps parentheses.
 */
function writeBinaryOp(expr: BinaryOp, level: number, write: Write): void {
  const fromRight = groupsFromRight(expr.op);
  writeOperand(expr.left, !fromRight && continues(expr.left, expr), level, write);
  write(level, printOperator(expr));
  writeOperand(expr.right, fromRight && continues(expr.right, expr), level, write);
}

function continues(operand: MetricExpr, expr: BinaryOp): operand is BinaryOp {
  return operand.kind === 'BinaryOp' && PRECEDENCE[operand.op] === PRECEDENCE[expr.op];
}

function writeOperand(operand: MetricExpr, chained: boolean, level: number, write: Write): void {
  if (operand.kind !== 'BinaryOp' || fits(operand)) writeExpr(operand, level + 1, write);
  else if (chained) writeBinaryOp(operand, level, write);
  else writeCall('', [(inner, writeInner) => writeBinaryOp(operand, inner, writeInner)], '', level + 1, write);
}
