import type { BinaryOperator } from '../ir/metric.ts';
import type { BinaryOp, MetricPlan } from '../logical/plan.ts';
import { isLogPlan, mapMetric } from '../logical/visit.ts';
import type { Rule } from './rule.ts';

/**
 * ```
 * BinaryOp *                              BinaryOp *
 * ├── RangeAggregation rate         →     ├── RangeAggregation rate
 * └── BinaryOp + (60, vector(1))          └── VectorLiteral 61
 * ```
 * Operations whose operands are known: two scalars, or a scalar and `vector(n)` in either order.
 *
 * Refused: comparisons with a vector and without `bool`, because they may leave no series; two vectors, because matching
 * is the executor's; anything with a range aggregation, even `x * 1`, because a NaN's bits are not ours to keep.
 */
export const foldConstants: Rule = {
  name: 'FoldConstants',
  apply(plan) {
    if (isLogPlan(plan)) return null;
    const folded = mapMetric(plan, (node) => (node.kind === 'BinaryOp' ? (fold(node) ?? node) : node));
    return folded === plan ? null : folded;
  },
};

function fold({ op, left, right, returnBool }: BinaryOp): MetricPlan | null {
  if (!isLiteral(left) || !isLiteral(right)) return null;
  const vectors = [left, right].filter(({ kind }) => kind === 'VectorLiteral').length;
  if (vectors === 2 || (vectors === 1 && isComparison(op) && !returnBool)) return null;
  const value = applyOperator(op, left.value, right.value);
  if (value === null) return null;
  return { kind: vectors === 1 ? 'VectorLiteral' : 'NumberLiteral', value, grid: left.grid };
}

function isLiteral(plan: MetricPlan): plan is Extract<MetricPlan, { kind: 'NumberLiteral' | 'VectorLiteral' }> {
  return plan.kind === 'NumberLiteral' || plan.kind === 'VectorLiteral';
}

function isComparison(op: BinaryOperator): boolean {
  return ['==', '!=', '>', '>=', '<', '<='].includes(op);
}

/** Null for set operators, which the grammar refuses for scalars. Division by zero is NaN (spec fact 69). */
function applyOperator(op: BinaryOperator, a: number, b: number): number | null {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0 ? NaN : a / b;
    case '%':
      return b === 0 ? NaN : a % b;
    case '^':
      return power(a, b);
    default:
      return compare(op, a, b);
  }
}

/** Go's math.Pow: unlike JavaScript's, 1 and -1 to an infinite or NaN power are 1 where IEEE 754 says so. */
function power(a: number, b: number): number {
  if (a === 1 || (a === -1 && !Number.isFinite(b) && !Number.isNaN(b))) return 1;
  return a ** b;
}

function compare(op: BinaryOperator, a: number, b: number): number | null {
  switch (op) {
    case '==':
      return Number(a === b);
    case '!=':
      return Number(a !== b);
    case '>':
      return Number(a > b);
    case '>=':
      return Number(a >= b);
    case '<':
      return Number(a < b);
    case '<=':
      return Number(a <= b);
    default:
      return null;
  }
}
