import type { CharacterClass, RegexpNode } from './ast.ts';
import { complement } from './parse-class.ts';

/**
 * What a match can begin with, as bits: bit c for the ASCII character c, bit 128 for everything beyond ASCII. Always
 * at least the true set: two disjoint sets are truly disjoint.
 */
export type CharSet = bigint;

export const NO_CHARS: CharSet = 0n;
const NON_ASCII: CharSet = 1n << 128n;
export const ALL_CHARS: CharSet = (1n << 129n) - 1n;
const NEWLINE: CharSet = 1n << 10n;

/** Letters that also fold with characters beyond ASCII: k with the Kelvin sign, s with the long s. */
const FOLDS_BEYOND_ASCII: CharSet = setOf(0x6b, 0x6b) | setOf(0x4b, 0x4b) | setOf(0x73, 0x73) | setOf(0x53, 0x53);

export function disjoint(a: CharSet, b: CharSet): boolean {
  return (a & b) === 0n;
}

/** Characters that one Literal, Class or AnyChar matches. */
export function charsOf(node: RegexpNode): CharSet {
  switch (node.kind) {
    case 'Literal':
      return closed(setOf(node.codePoint, node.codePoint), node.fold);
    case 'AnyChar':
      return node.newline ? ALL_CHARS : ALL_CHARS & ~NEWLINE;
    case 'Class':
      return classChars(node);
    default:
      return NO_CHARS;
  }
}

function classChars({ ranges, negated, fold, properties }: CharacterClass): CharSet {
  if (properties.length > 0) return ALL_CHARS;
  // The complement is taken before folding: folding only shrinks it.
  const positive = negated ? complement(ranges) : ranges;
  let set = NO_CHARS;
  for (let i = 0; i < positive.length; i += 2) set |= setOf(positive[i], positive[i + 1]);
  return closed(set, fold);
}

function setOf(low: number, high: number): CharSet {
  if (low >= 0x80) return NON_ASCII;
  const top = Math.min(high, 0x7f);
  const ascii = ((1n << BigInt(top - low + 1)) - 1n) << BigInt(low);
  return high >= 0x80 ? ascii | NON_ASCII : ascii;
}

/** With the other case of every letter. */
function closed(set: CharSet, fold: boolean): CharSet {
  if (!fold) return set;
  const upper = ((1n << 26n) - 1n) << 0x41n;
  const lower = upper << 32n;
  let out = set | ((set & upper) << 32n) | ((set & lower) >> 32n);
  if ((out & FOLDS_BEYOND_ASCII) !== 0n) out |= NON_ASCII;
  if ((out & NON_ASCII) !== 0n) out |= FOLDS_BEYOND_ASCII;
  return out;
}
