import {
  arithmetic,
  type ArithmeticOperator,
  comparison,
  type ComparisonOperator,
  isComparison,
} from './arithmetic.ts';

/** What a binary operation makes of two samples that meet. */
export interface SampleOperation {
  /** Whether there is a result: a comparison without `bool` is a filter (fact 71). */
  keep(left: number, right: number): boolean;
  /** `isVectorRight`: only the right side is a vector, so a filter keeps the right value and not the left one. */
  value(left: number, right: number, isVectorRight: boolean): number;
}

/** `isBool`: comparisons give 1 or 0 and keep everything. */
export function sampleOperation(op: ArithmeticOperator | ComparisonOperator, isBool: boolean): SampleOperation {
  if (!isComparison(op)) {
    const compute = arithmetic(op);
    return { keep: () => true, value: (left, right) => compute(left, right) };
  }
  const compare = comparison(op);
  if (isBool) return { keep: () => true, value: (left, right) => (compare(left, right) ? 1 : 0) };
  return { keep: compare, value: (left, right, isVectorRight) => (isVectorRight ? right : left) };
}
