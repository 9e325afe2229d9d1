import { unreachable } from '../assert.ts';
import type { Assertion, CharacterClass, RegexpNode, Repeat } from './ast.ts';

/** Whose syntax to write. */
export type Dialect = 'RE2' | 'JavaScript';

/**
 * The tree as the source of an equal expression without inline flags. Groups keep their order and lose their names: RE2
 * allows a name twice. JavaScript sources are for the `u` flag.
 */
export function printRegexp(node: RegexpNode, dialect: Dialect): string {
  switch (node.kind) {
    case 'Empty':
      return '(?:)';
    case 'Literal':
      return node.fold ? `(?i:${printChar(node.codePoint, dialect)})` : printChar(node.codePoint, dialect);
    case 'Class':
      return node.fold ? `(?i:${printClass(node, dialect)})` : printClass(node, dialect);
    case 'AnyChar':
      return printAnyChar(node.newline, dialect);
    case 'Assertion':
      return ASSERTIONS[dialect][node.assertion];
    case 'Capture':
      return `(${printRegexp(node.body, dialect)})`;
    case 'Repeat':
      return printRepeat(node, dialect);
    case 'Concat':
      return printConcat(node.items, dialect);
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

/** Runs of case-folded literals share one flag group. */
function printConcat(items: readonly RegexpNode[], dialect: Dialect): string {
  let out = '';
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (item.kind !== 'Literal' || !item.fold) {
      out += item.kind === 'Concat' ? `(?:${printRegexp(item, dialect)})` : printRegexp(item, dialect);
      continue;
    }
    let run = '';
    for (; i < items.length; i++) {
      const next = items[i];
      if (next.kind !== 'Literal' || !next.fold) break;
      run += printChar(next.codePoint, dialect);
    }
    i--;
    out += `(?i:${run})`;
  }
  return out;
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

function printClass({ negated, ranges, properties }: CharacterClass, dialect: Dialect): string {
  let out = negated ? '[^' : '[';
  for (let i = 0; i < ranges.length; i += 2) {
    const low = ranges[i];
    const high = ranges[i + 1];
    out += printChar(low, dialect);
    if (high > low) out += `-${printChar(high, dialect)}`;
  }
  for (const { name, negated: not } of properties) out += `\\${not ? 'P' : 'p'}{${propertyName(name, dialect)}}`;
  return `${out}]`;
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
