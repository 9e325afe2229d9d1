import { unreachable } from '../assert.ts';
import type { RegexpNode } from './ast.ts';
import { backtrackCost, nullable } from './backtracking.ts';
import { foldClosure, isUncased } from './fold-closure.ts';
import { printRegexp } from './print.ts';

/** A JavaScript expression that finds what the RE2 expression finds, on texts up to `textMax` UTF-16 units. */
export interface Translation {
  readonly source: string;
  readonly textMax: number;
}

/** Longest text for an expression of linear cost: bounds the backtracking stack. */
export const LINEAR_TEXT_MAX = 1 << 20;
/**
 * Longest text for an expression of quadratic cost: at most this many times half the work of a linear one, which is
 * still less than what the linear-time engine costs on typical lines.
 */
export const QUADRATIC_TEXT_MAX = 512;

/** Null when a backtracking engine could take too long, or could find something else. */
export function translate(root: RegexpNode): Translation | null {
  if (!sameCharacters(root)) return null;
  const cost = backtrackCost(root);
  if (cost === null || cost.degree > 2) return null;
  const source = printRegexp(root, 'JavaScript');
  if (!compiles(source)) return null;
  return { source, textMax: cost.degree <= 1 ? LINEAR_TEXT_MAX : QUADRATIC_TEXT_MAX };
}

function compiles(source: string): boolean {
  try {
    new RegExp(source, 'u');
    return true;
  } catch {
    return false;
  }
}

/**
 * Refuses what the two languages, or V8, see differently: case folding beyond ASCII, and `\B`, which V8 finds between
 * the two halves of a surrogate pair.
 */
function sameCharacters(node: RegexpNode): boolean {
  switch (node.kind) {
    case 'Literal':
      return !node.fold || isUncased(node.codePoint) || foldClosure([node.codePoint, node.codePoint]) !== null;
    case 'Class':
      return !node.fold || (node.properties.length === 0 && foldClosure(node.ranges) !== null);
    case 'Capture':
    case 'Repeat':
      return sameCharacters(node.body);
    case 'Concat':
    case 'Alternate':
      return node.items.every(sameCharacters);
    case 'Assertion':
      return node.assertion !== 'NoWordBoundary';
    case 'Empty':
    case 'AnyChar':
      return true;
    default:
      return unreachable(node);
  }
}

/**
 * Whether groups come out the same. JavaScript forgets a group's text at every iteration of a loop around it and skips
 * empty iterations; RE2 does neither.
 */
export function sameCaptures(node: RegexpNode): boolean {
  switch (node.kind) {
    case 'Repeat':
      return (node.max <= 1 && !nullable(node.body) && sameCaptures(node.body)) || !hasCapture(node.body);
    case 'Capture':
      return sameCaptures(node.body);
    case 'Concat':
    case 'Alternate':
      return node.items.every(sameCaptures);
    default:
      return true;
  }
}

/** Whether there is a group in the tree. */
export function hasCapture(node: RegexpNode): boolean {
  switch (node.kind) {
    case 'Capture':
      return true;
    case 'Repeat':
      return hasCapture(node.body);
    case 'Concat':
    case 'Alternate':
      return node.items.some(hasCapture);
    default:
      return false;
  }
}
