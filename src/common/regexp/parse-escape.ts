import { MAX_CODE_POINT } from './ast.ts';
import { regexpError } from './regexp-error.ts';

export interface Escape {
  readonly codePoint: number;
  /** Index after the escape. */
  readonly end: number;
}

const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** Parses the single-character escape whose backslash is at `start`. */
export function parseEscape(pattern: string, start: number): Escape {
  const codePoint = pattern.codePointAt(start + 1);
  if (codePoint === undefined) throw regexpError('trailing backslash at end of expression', '');
  const char = String.fromCodePoint(codePoint);
  const end = start + 1 + char.length;
  if (char >= '0' && char <= '7') return parseOctal(pattern, start, end, codePoint - 0x30);
  if (char === 'x') return parseHex(pattern, start, end);
  const control = CONTROL[char];
  if (control !== undefined) return { codePoint: control, end };
  if (codePoint < 0x80 && !/[0-9A-Za-z]/.test(char)) return { codePoint, end };
  throw invalidEscape(pattern, start, end);
}

function invalidEscape(pattern: string, start: number, end: number): Error {
  return regexpError('invalid escape sequence', pattern.slice(start, end));
}

/** `\0`, `\012`, `\123`: a single digit from 1 on would be a back reference, which RE2 does not have. */
function parseOctal(pattern: string, start: number, end: number, first: number): Escape {
  let codePoint = first;
  let at = end;
  if (first !== 0 && !isOctal(pattern, at)) throw invalidEscape(pattern, start, end);
  for (let i = 1; i < 3 && isOctal(pattern, at); i++) codePoint = codePoint * 8 + Number(pattern[at++]);
  return { codePoint, end: at };
}

function isOctal(pattern: string, at: number): boolean {
  const char = pattern.charAt(at);
  return char >= '0' && char <= '7' && char !== '';
}

/** `\x41` or `\x{10FFFF}`. */
function parseHex(pattern: string, start: number, end: number): Escape {
  if (pattern[end] !== '{') return parseHexPair(pattern, start, end);
  let codePoint = 0;
  let at = end + 1;
  for (; at < pattern.length && pattern[at] !== '}'; at++) {
    const digit = hexDigit(pattern, at);
    codePoint = codePoint * 16 + digit;
    if (digit < 0 || codePoint > MAX_CODE_POINT) throw invalidEscape(pattern, start, afterChar(pattern, at));
  }
  if (at === pattern.length) throw invalidEscape(pattern, start, at);
  if (at === end + 1) throw invalidEscape(pattern, start, at + 1);
  return { codePoint, end: at + 1 };
}

function parseHexPair(pattern: string, start: number, end: number): Escape {
  if (end === pattern.length) throw invalidEscape(pattern, start, end);
  const second = afterChar(pattern, end);
  const high = hexDigit(pattern, end);
  if (second >= pattern.length) throw invalidEscape(pattern, start, second);
  const low = hexDigit(pattern, second);
  if (high < 0 || low < 0) throw invalidEscape(pattern, start, afterChar(pattern, second));
  return { codePoint: high * 16 + low, end: second + 1 };
}

function afterChar(pattern: string, at: number): number {
  return at + ((pattern.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
}

function hexDigit(pattern: string, at: number): number {
  const char = pattern.charAt(at);
  return /^[0-9A-Fa-f]$/.test(char) ? Number.parseInt(char, 16) : -1;
}
