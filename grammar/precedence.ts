import type { BinaryOp } from './ast.ts';

/** How closely each operator binds. */
export const PRECEDENCE: Readonly<Record<BinaryOp['op'], number>> = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  '^': 6,
};

/** `2 ^ 3 ^ 2` is `2 ^ (3 ^ 2)`; all other operators group from the left. */
export function groupsFromRight(op: BinaryOp['op']): boolean {
  return op === '^';
}
