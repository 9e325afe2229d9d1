import { unreachable } from '../assert.ts';
import type { RegexpNode, Repeat } from './ast.ts';
import { ALL_CHARS, charsOf, disjoint, NO_CHARS, type CharSet } from './char-set.ts';
import { programSize } from './parse-limits.ts';

/**
 * How much work a backtracking engine does in the worst case on a text of length n: at most a constant times
 * n ** `degree`. Null: it cannot be bounded well.
 *
 * Every choice (leave or continue a loop, this alternative or the next) is decided by the next character when the sets
 * of first characters are disjoint: the wrong side then fails at once. A choice that is not decided so repeats what
 * follows: an unbounded one adds a degree, a bounded one a factor. A choice of either kind inside an unbounded loop
 * can be exponential, so such expressions are refused.
 */
export interface BacktrackCost {
  readonly degree: number;
}

/** Largest product of undecided bounded choices. */
const FACTOR_MAX = 16;
/** Largest program given to the backtracking engine. */
const BACKTRACK_PROGRAM_MAX = 2000;

/** Counts from here on are bounded in name only: they are treated like loops. */
const BOUNDED_COUNT_MAX = 64;

interface Cost {
  /** Work of the part itself: n ** degree. */
  readonly degree: number;
  /** How often what follows is tried: factor * n ** open. */
  readonly open: number;
  readonly factor: number;
}

const CONSTANT: Cost = { degree: 0, open: 0, factor: 1 };
const EXPONENTIAL: Cost = { degree: Infinity, open: Infinity, factor: Infinity };

export function backtrackCost(root: RegexpNode): BacktrackCost | null {
  if (programSize(root) > BACKTRACK_PROGRAM_MAX) return null;
  // After the expression the match is accepted: nothing that could fail, and no choice is tried again.
  const cost = costOf(root, NO_CHARS);
  if (cost.factor > FACTOR_MAX || cost.degree === Infinity) return null;
  // Every start position is tried, unless only the first can match.
  return { degree: beginsWithText(root) ? Math.max(1, cost.degree) : cost.degree + 1 };
}

function beginsWithText(node: RegexpNode): boolean {
  switch (node.kind) {
    case 'Assertion':
      return node.assertion === 'BeginText';
    case 'Concat':
      return beginsWithText(node.items[0]);
    case 'Capture':
      return beginsWithText(node.body);
    case 'Alternate':
      return node.items.every(beginsWithText);
    default:
      return false;
  }
}

function costOf(node: RegexpNode, follow: CharSet): Cost {
  switch (node.kind) {
    case 'Empty':
    case 'Literal':
    case 'Class':
    case 'AnyChar':
    case 'Assertion':
      return CONSTANT;
    case 'Capture':
      return costOf(node.body, follow);
    case 'Concat':
      return concatCost(node.items, follow);
    case 'Alternate':
      return alternateCost(node.items, follow);
    case 'Repeat':
      return repeatCost(node, follow);
    default:
      return unreachable(node);
  }
}

function concatCost(items: readonly RegexpNode[], follow: CharSet): Cost {
  let rest = follow;
  let total = CONSTANT;
  for (let i = items.length - 1; i >= 0; i--) {
    const item = items[i];
    total = sequence(costOf(item, rest), total);
    rest = firstOf(item, rest);
  }
  return total;
}

/** Cost of one part and then another, which is tried again for every undecided choice of the first. */
function sequence(a: Cost, b: Cost): Cost {
  return { degree: Math.max(a.degree, a.open + b.degree), open: a.open + b.open, factor: a.factor * b.factor };
}

function alternateCost(items: readonly RegexpNode[], follow: CharSet): Cost {
  let total = CONSTANT;
  for (const item of items) {
    const cost = costOf(item, follow);
    total = {
      degree: Math.max(total.degree, cost.degree),
      open: Math.max(total.open, cost.open),
      factor: Math.max(total.factor, cost.factor),
    };
  }
  // Undecided alternatives are tried one after another with everything that follows.
  return { ...total, factor: alternativesDecided(items, follow) ? total.factor : total.factor * items.length };
}

function alternativesDecided(items: readonly RegexpNode[], follow: CharSet): boolean {
  const literals = items.map(literalText);
  if (literals.every((literal) => literal !== null)) return prefixFree(literals);
  let seen = NO_CHARS;
  for (const item of items) {
    // An alternative that can be empty is a choice against whatever follows.
    const first = firstOf(item, nullable(item) ? ALL_CHARS | follow : follow);
    if (!disjoint(seen, first)) return false;
    seen |= first;
  }
  return true;
}

/** Case-sensitive literal text of a node, null when it is something else. */
function literalText(node: RegexpNode): string | null {
  if (node.kind === 'Literal' && !node.fold) return String.fromCodePoint(node.codePoint);
  if (node.kind !== 'Concat') return null;
  let out = '';
  for (const item of node.items) {
    if (item.kind !== 'Literal' || item.fold) return null;
    out += String.fromCodePoint(item.codePoint);
  }
  return out;
}

/** Of prefix-free literals at most one matches at a position. */
function prefixFree(literals: readonly string[]): boolean {
  const sorted = [...literals].sort();
  return sorted.every((text, i) => i === 0 || !text.startsWith(sorted[i - 1]));
}

function repeatCost(node: Repeat, follow: CharSet): Cost {
  const { body, min, max } = node;
  if (max === 0) return CONSTANT;
  if (max === 1) return optionalCost(node, follow);
  if (nullable(body)) return EXPONENTIAL;
  const bodyFirst = firstOf(body, NO_CHARS);
  const inner = costOf(body, bodyFirst | follow);
  const decided = min === max || disjoint(bodyFirst, follow);
  if (max <= BOUNDED_COUNT_MAX) return boundedCost(inner, min, max, decided);
  if (inner.factor > 1 || inner.open > 0) return EXPONENTIAL;
  return { degree: 1, open: decided ? 0 : 1, factor: 1 };
}

function optionalCost({ body, min }: Repeat, follow: CharSet): Cost {
  const inner = costOf(body, follow);
  if (min === 1 || (!nullable(body) && disjoint(firstOf(body, NO_CHARS), follow))) return inner;
  return { ...inner, factor: inner.factor * 2 };
}

function boundedCost(inner: Cost, min: number, max: number, decided: boolean): Cost {
  let total = CONSTANT;
  for (let i = 0; i < max; i++) total = sequence(inner, total);
  return decided ? total : { ...total, factor: total.factor * (max - min + 1) };
}

/** Whether the node can match the empty string; assertions do. */
export function nullable(node: RegexpNode): boolean {
  switch (node.kind) {
    case 'Empty':
    case 'Assertion':
      return true;
    case 'Literal':
    case 'Class':
    case 'AnyChar':
      return false;
    case 'Capture':
      return nullable(node.body);
    case 'Repeat':
      return node.min === 0 || nullable(node.body);
    case 'Concat':
      return node.items.every(nullable);
    case 'Alternate':
      return node.items.some(nullable);
    default:
      return unreachable(node);
  }
}

/** First characters of the node followed by something that begins with `follow`. */
function firstOf(node: RegexpNode, follow: CharSet): CharSet {
  switch (node.kind) {
    case 'Empty':
    case 'Assertion':
      return follow;
    case 'Literal':
    case 'Class':
    case 'AnyChar':
      return charsOf(node);
    case 'Capture':
      return firstOf(node.body, follow);
    case 'Repeat':
      return node.max === 0 ? follow : firstOf(node.body, NO_CHARS) | (nullable(node) ? follow : NO_CHARS);
    case 'Concat':
      return node.items.reduceRight((rest, item) => firstOf(item, rest), follow);
    case 'Alternate':
      return node.items.reduce((set, item) => set | firstOf(item, follow), NO_CHARS);
    default:
      return unreachable(node);
  }
}
