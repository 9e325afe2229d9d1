import type { CharacterClass, RegexpNode } from './ast.ts';
import { existenceOf } from './existence.ts';
import { parseRegexp } from './parse.ts';
import type { RegexpOptions } from './regexp.ts';

/**
 * How literals are compared: byte for byte; by Unicode lower case, which is how Loki reads `(?i)literal` (spec fact 101);
 * or, ASCII literals only, by RE2's case folding, under which the long s is an s and the Kelvin sign a k.
 */
export type CaseMode = 'none' | 'lower' | 'fold';

/** Literals of which at least one must occur. Never empty, nor is any of them. */
export interface LiteralSet {
  readonly texts: readonly string[];
  readonly caseMode: CaseMode;
}

/**
 * What an expression says about a text, as far as literals go. All kinds but Other are exact. `NonEmpty` takes a line of
 * nothing but line feeds as Loki does (spec fact 99).
 */
export type RegexpLiterals =
  | { readonly kind: 'All' }
  | { readonly kind: 'NonEmpty' }
  | { readonly kind: 'Contains'; readonly literals: LiteralSet }
  /** Case-sensitive; the texts may include the empty one. */
  | { readonly kind: 'Equals' | 'Prefix' | 'Suffix'; readonly texts: readonly string[] }
  /** Needs the engine. Every match has one of `required`, if any are known; their case mode is not `lower`. */
  | { readonly kind: 'Other'; readonly required: LiteralSet | null };

/** Most literals that alternations and classes are written out to. */
export const LITERAL_COUNT_MAX = 64;
/** Longest class that is written out. */
const CLASS_SIZE_MAX = 8;

/** Throws SkaldError `bad_query` when the expression is invalid. */
export function requiredLiterals(pattern: string, options?: Partial<RegexpOptions>): RegexpLiterals {
  const { root } = parseRegexp(pattern, options?.dotAll ?? false);
  return literalsOf(options?.anchored === true ? anchor(root) : root);
}

function anchor(root: RegexpNode): RegexpNode {
  const assertion = (which: 'BeginText' | 'EndText'): RegexpNode => ({ kind: 'Assertion', assertion: which });
  return { kind: 'Concat', items: [assertion('BeginText'), root, assertion('EndText')] };
}

function literalsOf(root: RegexpNode): RegexpLiterals {
  const { body, begins, ends } = unanchor(existenceOf(root));
  const exact = exactTexts(body);
  if (exact !== null && !(begins || ends)) {
    if (exact.texts.includes('')) return { kind: 'All' };
    const literals = isPlain(root) ? lowered(exact) : usable(exact);
    if (literals !== null) return { kind: 'Contains', literals };
  }
  if (exact !== null && exact.fold !== true) {
    if (exact.texts.includes('') && !(begins && ends)) return { kind: 'All' };
    return { kind: begins && ends ? 'Equals' : begins ? 'Prefix' : 'Suffix', texts: exact.texts };
  }
  if (isDotPlus(root) || isSomething(body)) return { kind: 'NonEmpty' };
  return { kind: 'Other', required: required(body) };
}

/** Literals and alternatives of them, perhaps between `.*`: what Loki runs as a search for literals. */
function isPlain(node: RegexpNode): boolean {
  switch (node.kind) {
    case 'Literal':
      return true;
    case 'Capture':
      return isPlain(node.body);
    case 'Repeat':
      return node.min === 0 && node.max === Infinity && node.body.kind === 'AnyChar';
    case 'Concat':
    case 'Alternate':
      return node.items.every(isPlain);
    default:
      return false;
  }
}

function lowered({ texts, fold }: ExactTexts): LiteralSet {
  return { texts, caseMode: fold === true ? 'lower' : 'none' };
}

/** `.+` alone: taken for any text that is not empty, although the dot does not match a line feed. */
function isDotPlus(node: RegexpNode): boolean {
  if (node.kind === 'Capture') return isDotPlus(node.body);
  return node.kind === 'Repeat' && node.min === 1 && node.max === Infinity && node.body.kind === 'AnyChar';
}

/** `(?s).` or, anchored, `(?s).+`. */
function isSomething(body: RegexpNode): boolean {
  return isAnything(body) || (isDotPlus(body) && body.kind === 'Repeat' && isAnything(body.body));
}

function isAnything(node: RegexpNode): boolean {
  return node.kind === 'AnyChar' && node.newline;
}

interface Unanchored {
  readonly body: RegexpNode;
  readonly begins: boolean;
  readonly ends: boolean;
}

/** Takes `^` and `$` off; an anchored `(?s).*` beside one cancels it. */
function unanchor(root: RegexpNode): Unanchored {
  const items = root.kind === 'Concat' ? [...root.items] : [root];
  let begins = isAssertion(items[0], 'BeginText');
  if (begins) items.shift();
  let ends = isAssertion(items.at(-1), 'EndText');
  if (ends) items.pop();
  if (begins && isAnyRun(items[0])) {
    items.shift();
    begins = false;
  }
  if (ends && isAnyRun(items.at(-1))) {
    items.pop();
    ends = false;
  }
  const body: RegexpNode = items.length === 1 ? items[0] : { kind: 'Concat', items };
  return { body: begins || ends ? body : existenceOf(body), begins, ends };
}

function isAssertion(node: RegexpNode | undefined, assertion: 'BeginText' | 'EndText'): boolean {
  return node?.kind === 'Assertion' && node.assertion === assertion;
}

function isAnyRun(node: RegexpNode | undefined): boolean {
  return node?.kind === 'Repeat' && node.min === 0 && node.max === Infinity && isAnything(node.body);
}

/** All texts that a node matches; `fold` is null when none of them has a letter. */
interface ExactTexts {
  readonly texts: readonly string[];
  readonly fold: boolean | null;
}

const EMPTY_TEXT: ExactTexts = { texts: [''], fold: null };

/** Null when there are too many, or case matters for some only. */
function exactTexts(node: RegexpNode): ExactTexts | null {
  switch (node.kind) {
    case 'Empty':
      return EMPTY_TEXT;
    case 'Literal': {
      const text = String.fromCodePoint(node.codePoint);
      const cased = text.toLowerCase() !== text.toUpperCase();
      return { texts: [text], fold: cased ? node.fold : null };
    }
    case 'Class':
      return classTexts(node);
    case 'Concat':
      return node.items.reduce<ExactTexts | null>((all, item) => product(all, exactTexts(item)), EMPTY_TEXT);
    case 'Alternate':
      return node.items.map(exactTexts).reduce(union);
    case 'Repeat': {
      if (node.min !== node.max || node.max > LITERAL_COUNT_MAX) return null;
      const one = exactTexts(node.body);
      let all: ExactTexts | null = EMPTY_TEXT;
      for (let i = 0; i < node.max; i++) all = product(all, one);
      return all;
    }
    default:
      return null;
  }
}

function classTexts({ ranges, negated, fold, properties }: CharacterClass): ExactTexts | null {
  if (negated || fold || properties.length > 0) return null;
  const texts: string[] = [];
  for (let i = 0; i < ranges.length; i += 2) {
    for (let codePoint = ranges[i]; codePoint <= ranges[i + 1]; codePoint++) {
      if (texts.length === CLASS_SIZE_MAX) return null;
      texts.push(String.fromCodePoint(codePoint));
    }
  }
  return texts.length === 0
    ? null
    : { texts, fold: texts.some((text) => /[A-Za-z]|[^\0-\x7f]/.test(text)) ? false : null };
}

function product(a: ExactTexts | null, b: ExactTexts | null): ExactTexts | null {
  if (a === null || b === null || a.texts.length * b.texts.length > LITERAL_COUNT_MAX) return null;
  if (a.fold !== null && b.fold !== null && a.fold !== b.fold) return null;
  return { texts: a.texts.flatMap((left) => b.texts.map((right) => left + right)), fold: a.fold ?? b.fold };
}

function union(a: ExactTexts | null, b: ExactTexts | null): ExactTexts | null {
  if (a === null || b === null || a.texts.length + b.texts.length > LITERAL_COUNT_MAX) return null;
  if (a.fold !== null && b.fold !== null && a.fold !== b.fold) return null;
  return { texts: [...a.texts, ...b.texts], fold: a.fold ?? b.fold };
}

/** The best set of literals of which every match of the node has one; null when there is none. */
function required(node: RegexpNode): LiteralSet | null {
  switch (node.kind) {
    case 'Repeat':
      return node.min === 0 ? null : (usable(exactTexts(node)) ?? required(node.body));
    case 'Concat':
      return requiredOfConcat(node.items);
    case 'Alternate':
      return requiredOfAlternate(node.items);
    default:
      return usable(exactTexts(node));
  }
}

function requiredOfConcat(items: readonly RegexpNode[]): LiteralSet | null {
  let best: LiteralSet | null = null;
  let run: ExactTexts = EMPTY_TEXT;
  for (const item of items) {
    // Assertions have no width: what stands on both sides of one is still adjacent.
    const exact = item.kind === 'Assertion' ? EMPTY_TEXT : exactTexts(item);
    const longer = product(run, exact);
    if (longer !== null) {
      run = longer;
      continue;
    }
    best = better(better(best, usable(run)), exact === null ? required(item) : null);
    run = exact ?? EMPTY_TEXT;
  }
  return better(best, usable(run));
}

function requiredOfAlternate(items: readonly RegexpNode[]): LiteralSet | null {
  const texts: string[] = [];
  let caseMode: CaseMode | null = null;
  for (const item of items) {
    const one = required(item);
    if (one === null || (caseMode !== null && one.caseMode !== caseMode)) return null;
    caseMode = one.caseMode;
    texts.push(...one.texts);
  }
  return texts.length === 0 || texts.length > LITERAL_COUNT_MAX ? null : { texts, caseMode: caseMode ?? 'none' };
}

function usable(exact: ExactTexts | null): LiteralSet | null {
  if (exact === null || exact.texts.includes('')) return null;
  if (exact.fold === true && !exact.texts.every(isAscii)) return null;
  return { texts: exact.texts, caseMode: exact.fold === true ? 'fold' : 'none' };
}

/** Longer literals find fewer rows by chance; of equal length, fewer are searched faster. */
function better(a: LiteralSet | null, b: LiteralSet | null): LiteralSet | null {
  if (a === null || b === null) return a ?? b;
  const difference = shortest(b) - shortest(a);
  if (difference !== 0) return difference > 0 ? b : a;
  return b.texts.length < a.texts.length ? b : a;
}

function shortest({ texts }: LiteralSet): number {
  return Math.min(...texts.map((text) => text.length));
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}
