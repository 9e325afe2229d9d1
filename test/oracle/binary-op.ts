import type { BinaryOp, VectorMatching } from '../../grammar/ast.ts';
import { unreachable } from '../../src/common/assert.ts';
import { SkaldError } from '../../src/common/errors.ts';
import { Labels } from '../../src/common/labels.ts';
import type { VectorSample } from './vector-aggregation.ts';

/** The samples of a step; a literal is a scalar. */
export type StepValue =
  | { readonly kind: 'Scalar'; readonly value: number }
  | { readonly kind: 'Vector'; readonly samples: readonly VectorSample[] };

/** A binary operation at one step (facts 69 to 79). */
export function combine(expr: BinaryOp, left: StepValue, right: StepValue): StepValue {
  if (left.kind === 'Scalar' && right.kind === 'Scalar') {
    const value = compute(expr.op, left.value, right.value);
    return { kind: 'Scalar', value: typeof value === 'boolean' ? Number(value) : value };
  }
  if (left.kind === 'Scalar') {
    return vector(
      vectorOf(right).flatMap((sample) => result(expr, sample.labels, left.value, sample.value, sample.value)),
    );
  }
  if (right.kind === 'Scalar') {
    return vector(
      left.samples.flatMap((sample) => result(expr, sample.labels, sample.value, right.value, sample.value)),
    );
  }
  if (expr.op === 'and' || expr.op === 'or' || expr.op === 'unless') {
    return vector(combineSets(expr.op, expr.matching, left.samples, right.samples));
  }
  return vector(matchVectors(expr, left.samples, right.samples));
}

function vector(samples: readonly VectorSample[]): StepValue {
  return { kind: 'Vector', samples };
}

function vectorOf(value: StepValue): readonly VectorSample[] {
  return value.kind === 'Vector' ? value.samples : [];
}

/** A comparison without `bool` keeps `kept` or nothing (fact 71). */
function result(expr: BinaryOp, labels: Labels, left: number, right: number, kept: number): VectorSample[] {
  const value = compute(expr.op, left, right);
  if (typeof value !== 'boolean') return [{ labels, value }];
  if (expr.returnBool) return [{ labels, value: Number(value) }];
  return value ? [{ labels, value: kept }] : [];
}

function compute(op: BinaryOp['op'], a: number, b: number): number | boolean {
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
      return a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b;
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case 'and':
    case 'or':
    case 'unless':
      throw new TypeError(`${op} has no value`);
    default:
      return unreachable(op);
  }
}

/** The labels by which two samples meet (fact 72). */
function signature(labels: Labels, matching: VectorMatching | null): string {
  if (matching === null) return labels.key;
  return (matching.on ? labels.pick(matching.names) : labels.omit(matching.names)).key;
}

function combineSets(
  op: 'and' | 'or' | 'unless',
  matching: VectorMatching | null,
  left: readonly VectorSample[],
  right: readonly VectorSample[],
): VectorSample[] {
  const has = (samples: readonly VectorSample[], { labels }: VectorSample): boolean =>
    samples.some((sample) => signature(sample.labels, matching) === signature(labels, matching));
  if (op === 'or') return [...left, ...right.filter((sample) => !has(left, sample))];
  return left.filter((sample) => has(right, sample) === (op === 'and'));
}

/** Each sample of the many side with the one of the other side (facts 73 to 76). */
function matchVectors(expr: BinaryOp, left: readonly VectorSample[], right: readonly VectorSample[]): VectorSample[] {
  const { matching } = expr;
  const isRightMany = matching?.group === 'right';
  const [many, one] = isRightMany ? [right, left] : [left, right];
  const ones = new Map<string, VectorSample>();
  for (const sample of one) {
    const key = signature(sample.labels, matching);
    if (ones.has(key)) throw duplicateSeries(isRightMany ? 'left' : 'right');
    ones.set(key, sample);
  }
  const taken = new Set<string>();
  return many.flatMap((sample) => {
    const key = signature(sample.labels, matching);
    const other = ones.get(key);
    if (other === undefined) return [];
    const labels = resultLabels(sample.labels, other.labels, matching);
    const isGrouped = matching !== null && matching.group !== null;
    const once = isGrouped ? `${key} ${labels.key}` : key;
    if (taken.has(once)) throw multipleMatches(isGrouped);
    taken.add(once);
    const [a, b] = isRightMany ? [other.value, sample.value] : [sample.value, other.value];
    return result(expr, labels, a, b, a);
  });
}

function resultLabels(many: Labels, one: Labels, matching: VectorMatching | null): Labels {
  if (matching === null) return many;
  if (matching.group === null) return matching.on ? many.pick(matching.names) : many.omit(matching.names);
  const included = matching.include.flatMap((name) => {
    const value = one.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Labels.from([...many.omit(matching.include).pairs, ...included]);
}

function duplicateSeries(side: string): SkaldError {
  return new SkaldError(
    'execution',
    `found duplicate series on the ${side} hand-side;many-to-many matching not allowed: ` +
      'matching labels must be unique on one side',
  );
}

function multipleMatches(isGrouped: boolean): SkaldError {
  const reason = isGrouped
    ? 'grouping labels must ensure unique matches'
    : 'many-to-one matching must be explicit (group_left/group_right)';
  return new SkaldError('execution', `multiple matches for labels: ${reason}`);
}
