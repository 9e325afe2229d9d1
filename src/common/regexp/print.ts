import { must, unreachable } from '../assert.ts';
import type { Assertion, CharacterClass, RegexpNode, Repeat } from './ast.ts';
import { foldClosure, isUncased } from './fold-closure.ts';

/** Whose syntax to write. */
export type Dialect = 'RE2' | 'JavaScript';

/**
 * The tree as the source of an equal expression without inline flags. Groups keep their order and lose their names: RE2
 * allows a name twice. JavaScript sources are for the `u` flag, and only of trees that `translate` accepts.
 */
export function printRegexp(node: RegexpNode, dialect: Dialect): string {
  switch (node.kind) {
    case 'Empty':
      return '(?:)';
    case 'Literal':
      return node.fold ? printFolded(node.codePoint, dialect) : printChar(node.codePoint, dialect);
    case 'Class':
      return printClass(node, dialect);
    case 'AnyChar':
      return printAnyChar(node.newline, dialect);
    case 'Assertion':
      return ASSERTIONS[dialect][node.assertion];
    case 'Capture':
      return `(${printRegexp(node.body, dialect)})`;
    case 'Repeat':
      return printRepeat(node, dialect);
    case 'Concat':
      return node.items
        .map((item) => (item.kind === 'Concat' ? `(?:${printRegexp(item, dialect)})` : printRegexp(item, dialect)))
        .join('');
    case 'Alternate':
      return `(?:${node.items.map((item) => printRegexp(item, dialect)).join('|')})`;
    default:
      return unreachable(node);
  }
}

const ASSERTIONS: Record<Dialect, Record<Assertion, string>> = {
  RE2: {
    BeginText: '\\A',
    EndText: '\\z',
    BeginLine: '(?m:^)',
    EndLine: '(?m:$)',
    WordBoundary: '\\b',
    NoWordBoundary: '\\B',
  },
  // Lines end at \n only; JavaScript's own m flag knows \r, U+2028 and U+2029 too.
  JavaScript: {
    BeginText: '^',
    EndText: '$',
    BeginLine: '(?<![^\\n])',
    EndLine: '(?![^\\n])',
    WordBoundary: '\\b',
    NoWordBoundary: '\\B',
  },
};

function printAnyChar(newline: boolean, dialect: Dialect): string {
  if (!newline) return '[^\\n]';
  return dialect === 'JavaScript' ? '[^]' : '(?s:.)';
}

function printFolded(codePoint: number, dialect: Dialect): string {
  const char = printChar(codePoint, dialect);
  if (isUncased(codePoint)) return char;
  if (dialect === 'RE2') return `(?i:${char})`;
  return `[${printRanges(must(foldClosure([codePoint, codePoint])), dialect)}]`;
}

function printRepeat({ body, min, max, greedy }: Repeat, dialect: Dialect): string {
  const inner = printRegexp(body, dialect);
  // A repetition of a repetition, of an assertion or of several characters needs a group of its own.
  const atomic = body.kind === 'Class' || body.kind === 'AnyChar' || body.kind === 'Capture' || body.kind === 'Literal';
  const operand = atomic ? inner : `(?:${inner})`;
  return `${operand}${printCount(min, max)}${greedy ? '' : '?'}`;
}

function printCount(min: number, max: number): string {
  if (max === Infinity) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  if (min === 0 && max === 1) return '?';
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

function printClass({ negated, fold, ranges, properties }: CharacterClass, dialect: Dialect): string {
  const closed = fold && dialect === 'JavaScript' ? must(foldClosure(ranges)) : ranges;
  let out = printRanges(closed, dialect);
  for (const { name, negated: not } of properties) out += `\\${not ? 'P' : 'p'}{${propertyName(name, dialect)}}`;
  out = `[${negated ? '^' : ''}${out}]`;
  return fold && dialect === 'RE2' ? `(?i:${out})` : out;
}

function printRanges(ranges: readonly number[], dialect: Dialect): string {
  let out = '';
  for (let i = 0; i < ranges.length; i += 2) {
    out += printChar(ranges[i], dialect);
    if (ranges[i + 1] > ranges[i]) out += `-${printChar(ranges[i + 1], dialect)}`;
  }
  return out;
}

/** Categories have the same names; a script must be called one in JavaScript. */
function propertyName(name: string, dialect: Dialect): string {
  return dialect === 'RE2' || name.length <= 2 || name === 'Any' ? name : `Script=${name}`;
}

function printChar(codePoint: number, dialect: Dialect): string {
  const char = String.fromCodePoint(codePoint);
  if (/^[\w ]$/.test(char)) return char;
  const hex = codePoint.toString(16);
  return dialect === 'JavaScript' ? `\\u{${hex}}` : `\\x{${hex}}`;
}
