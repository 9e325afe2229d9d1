import { RE2JS } from 're2js';
import { MAX_CODE_POINT, type CharacterClass, type UnicodeProperty } from './ast.ts';
import { parseEscape } from './parse-escape.ts';
import { regexpError } from './regexp-error.ts';

const DIGIT = [0x30, 0x39];
const UPPER = [0x41, 0x5a];
const LOWER = [0x61, 0x7a];
const SPACE = [0x09, 0x0a, 0x0c, 0x0d, 0x20, 0x20];
const WORD = [...DIGIT, ...UPPER, 0x5f, 0x5f, ...LOWER];

/** ASCII only, as in RE2 (spec fact 98). */
const PERL: Readonly<Record<string, readonly number[]>> = { d: DIGIT, s: SPACE, w: WORD };

const POSIX: Readonly<Record<string, readonly number[]>> = {
  alnum: [...DIGIT, ...UPPER, ...LOWER],
  alpha: [...UPPER, ...LOWER],
  ascii: [0x00, 0x7f],
  blank: [0x09, 0x09, 0x20, 0x20],
  cntrl: [0x00, 0x1f, 0x7f, 0x7f],
  digit: DIGIT,
  graph: [0x21, 0x7e],
  lower: LOWER,
  print: [0x20, 0x7e],
  punct: [0x21, 0x2f, 0x3a, 0x40, 0x5b, 0x60, 0x7b, 0x7e],
  space: [0x09, 0x0d, 0x20, 0x20],
  upper: UPPER,
  word: WORD,
  xdigit: [...DIGIT, 0x41, 0x46, 0x61, 0x66],
};

/** Letters outside ASCII whose simple case folding is an ASCII letter: long s and the Kelvin sign. */
const FOLDS_TO_ASCII = [0x17f, 0x17f, 0x212a, 0x212a];

/** Classes of one expression are parsed into this before they become a node. */
interface ClassItems {
  readonly ranges: number[];
  readonly properties: UnicodeProperty[];
}

export interface ClassEnd {
  readonly node: CharacterClass;
  /** Index after the class. */
  readonly end: number;
}

/** Parses the bracket expression whose `[` is at `start`. */
export function parseClass(pattern: string, start: number, fold: boolean): ClassEnd {
  const items: ClassItems = { ranges: [], properties: [] };
  let at = start + 1;
  const negated = pattern[at] === '^';
  if (negated) at++;
  for (let first = true; first || pattern[at] !== ']'; first = false) {
    if (at >= pattern.length) throw regexpError('missing closing ]', pattern.slice(start));
    at = parseNamedItem(pattern, at, fold, items) ?? parseRange(pattern, at, start, items);
  }
  return { node: { kind: 'Class', negated, fold, ...items }, end: at + 1 };
}

/** Parses `\d`, `\pL` and the like at `start` outside of brackets; null when there is something else. */
export function parseClassEscape(pattern: string, start: number, fold: boolean): ClassEnd | null {
  const items: ClassItems = { ranges: [], properties: [] };
  const end = parsePerl(pattern, start, fold, items) ?? parseUnicode(pattern, start, items);
  return end === null ? null : { node: { kind: 'Class', negated: false, fold, ...items }, end };
}

function parseNamedItem(pattern: string, at: number, fold: boolean, items: ClassItems): number | null {
  return (
    parsePosix(pattern, at, fold, items) ?? parseUnicode(pattern, at, items) ?? parsePerl(pattern, at, fold, items)
  );
}

function parsePosix(pattern: string, at: number, fold: boolean, items: ClassItems): number | null {
  if (!pattern.startsWith('[:', at)) return null;
  const close = pattern.indexOf(':]', at + 2);
  if (close < 0) return null;
  const end = close + 2;
  const negated = pattern[at + 2] === '^';
  const group = POSIX[pattern.slice(at + (negated ? 3 : 2), close)];
  if (group === undefined) throw regexpError('invalid character class range', pattern.slice(at, end));
  addGroup(items, group, negated, fold);
  return end;
}

function parsePerl(pattern: string, at: number, fold: boolean, items: ClassItems): number | null {
  if (pattern[at] !== '\\') return null;
  const char = pattern.charAt(at + 1);
  const group = PERL[char.toLowerCase()];
  if (group === undefined) return null;
  addGroup(items, group, char < 'a', fold);
  return at + 2;
}

/** Adds a named group, closed under case folding when `fold`, or its complement. */
function addGroup(items: ClassItems, group: readonly number[], negated: boolean, fold: boolean): void {
  // Every group that folds at all has the letter k; hexadecimal digits are closed as they are.
  const letters = fold && (contains(group, 0x4b) || contains(group, 0x6b));
  const ranges = letters ? [...group, ...UPPER, ...LOWER, ...FOLDS_TO_ASCII] : group;
  items.ranges.push(...(negated ? complement(ranges) : ranges));
}

function contains(ranges: readonly number[], codePoint: number): boolean {
  return ranges.some((low, i) => i % 2 === 0 && low <= codePoint && codePoint <= ranges[i + 1]);
}

/** The complement of code point ranges: sorted, disjoint. */
export function complement(ranges: readonly number[]): number[] {
  const out: number[] = [];
  let next = 0;
  for (const [low, high] of sortedPairs(ranges)) {
    if (low > next) out.push(next, low - 1);
    next = Math.max(next, high + 1);
  }
  if (next <= MAX_CODE_POINT) out.push(next, MAX_CODE_POINT);
  return out;
}

function sortedPairs(ranges: readonly number[]): [number, number][] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < ranges.length; i += 2) pairs.push([ranges[i], ranges[i + 1]]);
  return pairs.sort(([a], [b]) => a - b);
}

function parseUnicode(pattern: string, at: number, items: ClassItems): number | null {
  if (pattern[at] !== '\\' || (pattern[at + 1] !== 'p' && pattern[at + 1] !== 'P')) return null;
  const braced = pattern[at + 2] === '{';
  const close = braced ? pattern.indexOf('}', at) : -1;
  if (braced && close < 0) throw regexpError('invalid character class range', pattern.slice(at));
  const single = String.fromCodePoint(pattern.codePointAt(at + 2) ?? 0xfffd);
  const end = braced ? close + 1 : Math.min(pattern.length, at + 2 + single.length);
  let name = braced ? pattern.slice(at + 3, close) : single;
  let negated = pattern[at + 1] === 'P';
  if (name.startsWith('^')) {
    negated = !negated;
    name = name.slice(1);
  }
  if (!isUnicodeProperty(name)) throw regexpError('invalid character class range', pattern.slice(at, end));
  items.properties.push({ name, negated });
  return end;
}

function isUnicodeProperty(name: string): boolean {
  if (!/^[A-Za-z_]+$/.test(name)) return false;
  try {
    RE2JS.compile(`\\p{${name}}`);
    return true;
  } catch {
    return false;
  }
}

function parseRange(pattern: string, at: number, classStart: number, items: ClassItems): number {
  const low = parseClassChar(pattern, at, classStart);
  if (pattern[low.end] !== '-' || low.end + 1 >= pattern.length || pattern[low.end + 1] === ']') {
    items.ranges.push(low.codePoint, low.codePoint);
    return low.end;
  }
  const high = parseClassChar(pattern, low.end + 1, classStart);
  if (high.codePoint < low.codePoint) {
    throw regexpError('invalid character class range', pattern.slice(at, high.end));
  }
  items.ranges.push(low.codePoint, high.codePoint);
  return high.end;
}

function parseClassChar(pattern: string, at: number, classStart: number): { codePoint: number; end: number } {
  const codePoint = pattern.codePointAt(at);
  if (codePoint === undefined) throw regexpError('missing closing ]', pattern.slice(classStart));
  if (codePoint === 0x5c) return parseEscape(pattern, at);
  return { codePoint, end: at + (codePoint > 0xffff ? 2 : 1) };
}
