import type { BinaryOp, MetricExpr } from './ast.ts';

/** An operator between two numbers is computed when the query is parsed (fact 69); all else stays. */
export function foldConstants(expr: BinaryOp): MetricExpr {
  const { left, right } = expr;
  if (left.kind !== 'NumberLiteral' || right.kind !== 'NumberLiteral') return expr;
  return { kind: 'NumberLiteral', value: compute(expr.op, left.value, right.value), range: expr.range };
}

/** Division and remainder by zero are NaN; a comparison is 1 or 0 (facts 69, 71). */
function compute(op: BinaryOp['op'], left: number, right: number): number {
  switch (op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? NaN : left / right;
    case '%':
      return right === 0 ? NaN : left % right;
    case '^':
      return power(left, right);
    case '==':
      return Number(left === right);
    case '!=':
      return Number(left !== right);
    case '>':
      return Number(left > right);
    case '>=':
      return Number(left >= right);
    case '<':
      return Number(left < right);
    case '<=':
      return Number(left <= right);
    default:
      return NaN; // set operators have been refused: numbers have no labels
  }
}

/** Go's math.Pow: 1 to any power and -1 to an infinite one are 1, where JavaScript says NaN. */
function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && !Number.isFinite(exponent) && !Number.isNaN(exponent))) return 1;
  return base ** exponent;
}
