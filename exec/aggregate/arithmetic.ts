import { unreachable } from '../../src/common/assert.ts';
import type { BinaryOperator } from '../../planner/ir/metric.ts';

export type SetOperator = 'and' | 'or' | 'unless';
export type ComparisonOperator = '==' | '!=' | '>' | '>=' | '<' | '<=';
export type ArithmeticOperator = Exclude<BinaryOperator, SetOperator | ComparisonOperator>;

export function isSetOperator(op: BinaryOperator): op is SetOperator {
  return op === 'and' || op === 'or' || op === 'unless';
}

export function isComparison(op: BinaryOperator): op is ComparisonOperator {
  return op === '==' || op === '!=' || op === '>' || op === '>=' || op === '<' || op === '<=';
}

/** Arithmetic on doubles. Division and remainder by zero are NaN (fact 69). */
export function arithmetic(op: ArithmeticOperator): (left: number, right: number) => number {
  switch (op) {
    case '+':
      return (left, right) => left + right;
    case '-':
      return (left, right) => left - right;
    case '*':
      return (left, right) => left * right;
    case '/':
      return (left, right) => (right === 0 ? NaN : left / right);
    case '%':
      return (left, right) => (right === 0 ? NaN : left % right);
    case '^':
      return power;
    default:
      return unreachable(op);
  }
}

export function comparison(op: ComparisonOperator): (left: number, right: number) => boolean {
  switch (op) {
    case '==':
      return (left, right) => left === right;
    case '!=':
      return (left, right) => left !== right;
    case '>':
      return (left, right) => left > right;
    case '>=':
      return (left, right) => left >= right;
    case '<':
      return (left, right) => left < right;
    case '<=':
      return (left, right) => left <= right;
    default:
      return unreachable(op);
  }
}

/** Go's math.Pow: 1 to any power and -1 to an infinite one are 1, where JavaScript says NaN. */
function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && (exponent === Infinity || exponent === -Infinity))) return 1;
  return base ** exponent;
}
