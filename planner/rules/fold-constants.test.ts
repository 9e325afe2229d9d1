import { describe, expect, test } from 'vitest';
import { after, logicalPlan, refuses } from '../testing/plans.ts';
import type { LogicalPlan } from '../logical/plan.ts';
import { foldConstants } from './fold-constants.ts';

describe('FoldConstants', () => {
  test('literals and vector(n) become one', () => {
    expect(after('rate({a="b"}[1m]) * (60 + vector(1))', foldConstants)).toMatchInlineSnapshot(`
      "
      BinaryOp *
      ├── RangeAggregation rate range=1m
      │   └── Scan matchers={a="b"} range=[3540.000000001s,7200.000000001s)
      └── VectorLiteral 61
      "
    `);
    expect(after('vector(1) > bool 2', foldConstants)).toBe('\nVectorLiteral 0\n');
    expect(after('2 - vector(5) * 2', foldConstants)).toBe('\nVectorLiteral -8\n');
  });

  test.each([
    ['+', 7, 3, 10],
    ['-', 7, 3, 4],
    ['*', 7, 3, 21],
    ['/', 7, 2, 3.5],
    ['/', 7, 0, NaN],
    ['%', -7, 3, -1],
    ['%', 7, 0, NaN],
    ['^', 2, 10, 1024],
    ['^', 1, NaN, 1],
    ['^', -1, Infinity, 1],
    ['^', -1, NaN, NaN],
    ['==', 1, 1, 1],
    ['!=', 1, 1, 0],
    ['>', NaN, 1, 0],
    ['>=', 2, 2, 1],
    ['<', 1, 2, 1],
    ['<=', 3, 2, 0],
  ] as const)('scalars: %s of %s and %s is %s', (op, a, b, expected) => {
    const grid = { startNs: 0n, endNs: 0n, stepNs: 0n };
    const literal = (value: number) => ({ kind: 'NumberLiteral', value, grid }) as const;
    const plan: LogicalPlan = {
      kind: 'BinaryOp',
      op,
      left: literal(a),
      right: literal(b),
      returnBool: false,
      matching: null,
    };
    expect(foldConstants.apply(plan)).toEqual(literal(expected));
  });

  test.each(['vector(3) > 2', 'vector(1) + vector(2)', 'rate({a="b"}[1m]) * 1', 'vector(1) or vector(2)', '{a="b"}'])(
    'refuses %s',
    (query) => {
      expect(refuses(foldConstants, query)).toBe(true);
    },
  );

  test('leaves its own result alone', () => {
    const folded = foldConstants.apply(logicalPlan('vector(1) + 2'));
    expect(folded).not.toBeNull();
    expect(foldConstants.apply(folded as LogicalPlan)).toBeNull();
  });
});
