import type { CstNode } from 'chevrotain';
import { must } from '../src/common/assert.ts';
import type {
  BinaryOp,
  Expr,
  Grouping,
  LabelReplace,
  MetricExpr,
  RangeAggregation,
  RangeAggregationOp,
  Variants,
  VectorAggregation,
  VectorAggregationOp,
  VectorMatching,
} from './ast.ts';
import { buildLogRange } from './build-log-range.ts';
import { buildLogExpr } from './build-log.ts';
import { buildSignedNumber, numberOf } from './build-number.ts';
import { checkOperands } from './checks/binary-operands.ts';
import { readVectorParameter } from './checks/vector-parameter.ts';
import { foldConstants } from './fold-constants.ts';
import { refuse } from './not-in-language.ts';
import { groupsFromRight, PRECEDENCE } from './precedence.ts';
import {
  findNode,
  findToken,
  nodeOf,
  nodesOf,
  rangeOf,
  spanning,
  stringValue,
  tokenOf,
  tokensOf,
} from './syntax-tree.ts';
import * as t from './tokens.ts';

/** The tree of a parsed query. Throws NotInLanguage for what `parser.ts` takes too much, LogQLError for wrong operands. */
export function buildAst(query: CstNode): Expr {
  return buildExpression(nodeOf(query, 'expression'));
}

/** Operands and operators in a row, by precedence (`^` from the right, all others from the left). */
function buildExpression(node: CstNode): Expr {
  return new OperatorRow(nodesOf(node, 'operand'), nodesOf(node, 'operator')).parse(0);
}

class OperatorRow {
  readonly #operands: readonly CstNode[];
  readonly #operators: readonly CstNode[];
  #position = 0;

  constructor(operands: readonly CstNode[], operators: readonly CstNode[]) {
    this.#operands = operands;
    this.#operators = operators;
  }

  /** The expression from here on, up to an operator that does not bind closer than `floor`. */
  parse(floor: number): Expr {
    let left = buildOperand(must(this.#operands[this.#position]));
    for (;;) {
      const operator = this.#operators[this.#position];
      if (operator === undefined) return left;
      const op = operatorOf(operator);
      const precedence = PRECEDENCE[op];
      if (precedence <= floor) return left;
      this.#position++;
      left = buildBinary(op, operator, left, this.parse(groupsFromRight(op) ? precedence - 1 : precedence));
    }
  }
}

function operatorOf(node: CstNode): BinaryOp['op'] {
  return tokenOf(node, t.BinaryOperator).image.toLowerCase() as BinaryOp['op'];
}

function buildBinary(op: BinaryOp['op'], operator: CstNode, left: Expr, right: Expr): MetricExpr {
  const operands = checkOperands(op, left, right);
  const matching = findNode(operator, 'vectorMatching');
  return foldConstants({
    kind: 'BinaryOp',
    op,
    left: operands.left,
    right: operands.right,
    returnBool: findToken(operator, t.Bool) !== null,
    matching: matching === null ? null : buildMatching(matching),
    range: spanning(left.range, right.range),
  });
}

function buildMatching(node: CstNode): VectorMatching {
  const include = findNode(node, 'include');
  const isLeft = findToken(node, t.GroupLeft) !== null;
  const isRight = findToken(node, t.GroupRight) !== null;
  return {
    kind: 'VectorMatching',
    on: findToken(node, t.On) !== null,
    names: buildNames(nodeOf(node, 'labelNames')),
    group: isLeft ? 'left' : isRight ? 'right' : null,
    include: include === null ? [] : buildNames(include),
    range: rangeOf(node),
  };
}

function buildNames(node: CstNode): string[] {
  return tokensOf(node, t.Identifier.name).map((token) => token.image);
}

function buildOperand(node: CstNode): Expr {
  const log = findNode(node, 'logExpression');
  if (log !== null) return buildLogExpr(nodeOf(log, 'selector'), nodeOf(log, 'stages'));
  const inner = findNode(node, 'parenthesized');
  return inner === null ? buildMetric(node) : buildParenthesized(inner);
}

/** Parentheses hold a log query or a metric query, and leave no trace. */
function buildParenthesized(node: CstNode): Expr {
  const expr = buildExpression(nodeOf(node, 'expression'));
  if (expr.kind === 'Variants') refuse();
  return expr;
}

/** One builder for each rule that a metric operand can be. */
const METRIC_BUILDERS: Readonly<Record<string, (node: CstNode) => MetricExpr>> = {
  rangeAggregation: buildRangeAggregation,
  vectorAggregation: buildVectorAggregation,
  signedNumber: (node) => ({ kind: 'NumberLiteral', value: buildSignedNumber(node), range: rangeOf(node) }),
  labelReplace: buildLabelReplace,
  vectorLiteral: (node) => ({
    kind: 'VectorLiteral',
    value: numberOf(tokenOf(node, t.NumberToken).image),
    range: rangeOf(node),
  }),
  variants: buildVariants,
};

function buildMetric(node: CstNode): MetricExpr {
  const rule = must(Object.keys(node.children).find((name) => Object.hasOwn(METRIC_BUILDERS, name)));
  return must(METRIC_BUILDERS[rule])(nodeOf(node, rule));
}

/** Where only a metric query may stand. */
function buildMetricExpression(node: CstNode): MetricExpr {
  const expr = buildExpression(node);
  if (expr.kind === 'LogExpr' || expr.kind === 'Variants') refuse();
  return expr;
}

function buildRangeAggregation(node: CstNode): RangeAggregation {
  const parameter = findToken(node, t.NumberToken);
  const grouping = findNode(node, 'grouping');
  return {
    kind: 'RangeAggregation',
    op: tokenOf(node, t.RangeFunction).image.toLowerCase() as RangeAggregationOp,
    parameter: parameter === null ? null : numberOf(parameter.image),
    logRange: buildLogRange(nodeOf(node, 'logRange')),
    grouping: grouping === null ? null : buildGrouping(grouping),
    range: rangeOf(node),
  };
}

function buildVectorAggregation(node: CstNode): VectorAggregation {
  const op = tokenOf(node, t.VectorFunction).image.toLowerCase() as VectorAggregationOp;
  const leading = findNode(node, 'grouping');
  const trailing = findNode(node, 'trailingGrouping');
  if (leading !== null && trailing !== null) refuse();
  const input = buildMetricExpression(nodeOf(node, 'expression'));
  const grouping = leading ?? trailing;
  return {
    kind: 'VectorAggregation',
    op,
    parameter: readVectorParameter(op, findToken(node, t.NumberToken)?.image ?? null),
    input,
    grouping: grouping === null ? null : buildGrouping(grouping),
    range: rangeOf(node),
  };
}

function buildGrouping(node: CstNode): Grouping {
  return {
    kind: 'Grouping',
    without: findToken(node, t.Without) !== null,
    names: buildNames(nodeOf(node, 'labelNames')),
    range: rangeOf(node),
  };
}

function buildLabelReplace(node: CstNode): LabelReplace {
  const [destination, replacement, source, pattern] = tokensOf(node, t.StringLiteral.name).map(stringValue);
  return {
    kind: 'LabelReplace',
    input: buildMetricExpression(nodeOf(node, 'expression')),
    destination: must(destination),
    replacement: must(replacement),
    source: must(source),
    pattern: must(pattern),
    range: rangeOf(node),
  };
}

function buildVariants(node: CstNode): Variants {
  return {
    kind: 'Variants',
    variants: nodesOf(node, 'expression').map(buildMetricExpression),
    of: buildLogRange(nodeOf(node, 'logRange')),
    range: rangeOf(node),
  };
}
