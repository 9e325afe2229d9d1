import type { RegexpNode } from './ast.ts';
import { regexpError } from './regexp-error.ts';

/**
 * Most instructions of a compiled expression, counted repetitions written out. Go allows 3.3 million; instructions are
 * objects here, and every querier worker compiles its own.
 */
export const PROGRAM_SIZE_MAX = 100_000;

/** Refuses nested counted repetitions that multiply to more than `limit` copies, as Go does. */
export function checkNestedRepeat(node: RegexpNode, limit: number, operator: string): void {
  if (node.kind !== 'Repeat' || (node.min < 2 && (node.max < 2 || node.max === Infinity))) return;
  if (!repeatFits(node, limit)) throw regexpError('invalid repeat count', operator);
}

function repeatFits(node: RegexpNode, limit: number): boolean {
  if (node.kind === 'Repeat') {
    const count = node.max === Infinity ? node.min : node.max;
    if (node.max === 0) return true;
    if (count > limit) return false;
    return repeatFits(node.body, count > 0 ? Math.floor(limit / count) : limit);
  }
  if (node.kind === 'Capture') return repeatFits(node.body, limit);
  if (node.kind === 'Concat' || node.kind === 'Alternate') return node.items.every((item) => repeatFits(item, limit));
  return true;
}

/** Refuses expressions whose program would be larger than PROGRAM_SIZE_MAX. */
export function checkSize(root: RegexpNode, pattern: string): void {
  if (programSize(root) > PROGRAM_SIZE_MAX) throw regexpError('expression too large', pattern);
}

/** About the number of instructions of the program, with counted repetitions written out. */
export function programSize(node: RegexpNode): number {
  switch (node.kind) {
    case 'Repeat': {
      const copies = node.max === Infinity ? Math.max(1, node.min) : node.max;
      return 1 + copies * (programSize(node.body) + 1);
    }
    case 'Capture':
      return 2 + programSize(node.body);
    case 'Concat':
      return node.items.reduce((sum, item) => sum + programSize(item), 0);
    case 'Alternate':
      return node.items.reduce((sum, item) => sum + programSize(item), node.items.length - 1);
    default:
      return 1;
  }
}
