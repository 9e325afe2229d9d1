import type { RegexpNode } from '../../../src/common/regexp/ast.ts';
import { type CharSet, charsOf } from '../../../src/common/regexp/char-set.ts';
import { existenceOf } from '../../../src/common/regexp/existence.ts';
import { parseRegexp } from '../../../src/common/regexp/parse.ts';
import { encodeUtf8 } from '../../../src/common/utf8.ts';
import { caseVariants } from '../fold.ts';
import { type ByteSequence, type ByteTable, exactly, NO, oneOf, PERHAPS, YES } from './byte-sequence.ts';
import { SEQUENCES_MAX } from './sequence-program.ts';

/** Every line that matches has one of the sequences. */
export interface RegexpSequences {
  readonly sequences: readonly ByteSequence[];
  /** A line in which a sequence says YES matches, and one in which all say NO does not. */
  readonly isExact: boolean;
}

type Sequences = readonly ByteSequence[];

/** Longest that is written out: of repetitions, and of what stands beside each other. */
const SEQUENCE_BYTES_MAX = 256;
/** The bit of a CharSet for everything beyond ASCII. */
const BEYOND_ASCII = 128;
const EMPTY: Sequences = [[]];

/** Null when the expression needs no particular bytes. It is valid. */
export function regexpSequences(pattern: string): RegexpSequences | null {
  const root = existenceOf(parseRegexp(pattern, false).root);
  const exact = usable(exactSequences(root));
  if (exact !== null) return { sequences: exact, isExact: true };
  const sequences = required(root);
  return sequences === null ? null : { sequences, isExact: false };
}

/** All sequences of characters that a node matches; null when there are too many or their number is not known. */
function exactSequences(node: RegexpNode): Sequences | null {
  switch (node.kind) {
    case 'Empty':
      return EMPTY;
    case 'Literal':
      if (node.codePoint < 0x80 || node.fold) return [[tableOf(node)]];
      return [Array.from(encodeUtf8(String.fromCodePoint(node.codePoint)), exactly)];
    case 'Class':
    case 'AnyChar':
      return [[tableOf(node)]];
    case 'Concat':
      return node.items.reduce<Sequences | null>((all, item) => product(all, exactSequences(item)), EMPTY);
    case 'Alternate':
      return node.items.map(exactSequences).reduce(union);
    case 'Repeat': {
      if (node.min !== node.max || node.max > SEQUENCE_BYTES_MAX) return null;
      const one = exactSequences(node.body);
      let all: Sequences | null = EMPTY;
      for (let i = 0; i < node.max; i++) all = product(all, one);
      return all;
    }
    default:
      return null;
  }
}

/** What a byte says of one character. */
function tableOf(node: RegexpNode): ByteTable {
  if (node.kind === 'Literal' && node.codePoint < 0x80) {
    return node.fold ? oneOf(caseVariants(String.fromCodePoint(node.codePoint), 'fold')) : exactly(node.codePoint);
  }
  const chars = charsOf(node);
  const says = isSure(node) ? YES : PERHAPS;
  const table = new Uint8Array(256);
  for (let byte = 0; byte < 0x80; byte++) if (has(chars, byte)) table[byte] = says;
  if (has(chars, BEYOND_ASCII)) table.fill(PERHAPS, 0x80);
  return table;
}

/** Whether `charsOf` gives no more than the node has: not of properties, nor always of what folds. */
function isSure(node: RegexpNode): boolean {
  if (node.kind !== 'Class') return node.kind === 'AnyChar';
  if (node.properties.length > 0) return false;
  return !node.fold || (!node.negated && !has(charsOf(node), BEYOND_ASCII));
}

function has(chars: CharSet, bit: number): boolean {
  return ((chars >> BigInt(bit)) & 1n) === 1n;
}

function product(a: Sequences | null, b: Sequences | null): Sequences | null {
  if (a === null || b === null || a.length * b.length > SEQUENCES_MAX) return null;
  const all = a.flatMap((left) => b.map((right) => [...left, ...right]));
  return all.some(({ length }) => length > SEQUENCE_BYTES_MAX) ? null : all;
}

function union(a: Sequences | null, b: Sequences | null): Sequences | null {
  return a === null || b === null || a.length + b.length > SEQUENCES_MAX ? null : [...a, ...b];
}

/** The sequences of which every match of the node has one, and that fewest lines have; null when there are none. */
function required(node: RegexpNode): Sequences | null {
  switch (node.kind) {
    case 'Repeat':
      return node.min === 0 ? null : (usable(exactSequences(node)) ?? required(node.body));
    case 'Concat':
      return requiredOfConcat(node.items);
    case 'Alternate':
      return node.items.map(required).reduce(union);
    default:
      return usable(exactSequences(node));
  }
}

function requiredOfConcat(items: readonly RegexpNode[]): Sequences | null {
  let best: Sequences | null = null;
  let run: Sequences = EMPTY;
  for (const item of items) {
    // Assertions have no width: what stands on both sides of one is still adjacent.
    const exact = item.kind === 'Assertion' ? EMPTY : exactSequences(item);
    const longer = product(run, exact);
    if (longer !== null) {
      run = longer;
      continue;
    }
    const repeated = leastOf(item);
    best = better(better(best, usable(product(run, repeated) ?? run)), exact === null ? required(item) : null);
    run = exact ?? repeated;
  }
  return better(best, usable(run));
}

/** What a repetition begins with and ends with, whatever is between; EMPTY where that is not known. */
function leastOf(item: RegexpNode): Sequences {
  return (item.kind === 'Repeat' && item.min > 0 ? exactSequences({ ...item, max: item.min }) : null) ?? EMPTY;
}

/** Not one that is empty, nor one in which hardly a byte says NO to others. */
function usable(sequences: Sequences | null): Sequences | null {
  return sequences?.every((sequence) => sequence.some(isParticular)) === true ? sequences : null;
}

/** Half of ASCII or less. */
function isParticular(table: ByteTable): boolean {
  return table.reduce((count, says) => count + (says === NO ? 0 : 1), 0) <= 64;
}

/** Longer sequences are in fewer lines by chance; of equal length, fewer are searched faster. */
function better(a: Sequences | null, b: Sequences | null): Sequences | null {
  if (a === null || b === null) return a ?? b;
  const difference = shortest(b) - shortest(a);
  if (difference !== 0) return difference > 0 ? b : a;
  return b.length < a.length ? b : a;
}

/** Bytes that are particular, in the shortest. */
function shortest(sequences: Sequences): number {
  return Math.min(...sequences.map((sequence) => sequence.filter(isParticular).length));
}
