import type { IToken, TokenType } from 'chevrotain';
import { parseBytes } from '../src/common/bytes.ts';
import { parseGoDuration, parsePrometheusDuration } from '../src/common/duration.ts';
import { messageOf, SkaldError } from '../src/common/errors.ts';
import { unquoteGoString } from './go-string.ts';
import { UNIT_RUN_MAX } from './limits.ts';
import type { QueryPosition } from './logql-error.ts';
import { scanNumber } from './scan-number.ts';
import { scanCharacter, scanQuoted, scanRaw } from './scan-string.ts';
import * as t from './tokens.ts';

/**
 * LogQL's tokens cannot be told apart by patterns alone: `5m` and `5MB` are one token while `5x` is two, `rate` is a
 * function only where an argument list follows, `[` swallows everything up to `]`. The rules are those of Go's
 * text/scanner with Loki's look-ahead (facts 158 to 169), so this is a hand-written scanner that feeds Chevrotain.
 *
 * Strings carry their value as payload, durations and ranges nanoseconds as bigint, sizes bytes. The first lexical
 * error ends the list with a LexicalError token.
 */
export function tokenize(text: string): IToken[] {
  const tokens: IToken[] = [];
  let offset = text.startsWith('\ufeff') ? 1 : 0;
  for (;;) {
    const start = skipBlanks(text, offset);
    if (typeof start !== 'number') {
      tokens.push(start);
      return tokens;
    }
    if (start >= text.length) return tokens;
    const token = scanToken(text, start);
    tokens.push(token);
    if (token.tokenType === t.LexicalError) return tokens;
    offset = endOf(token);
  }
}

/** The offset after `token`'s last character. */
export function endOf(token: IToken): number {
  return (token.endOffset ?? token.startOffset) + 1;
}

/**
 * Where an error at `token` is reported; null is the end of the query. Tokens that Loki reads with more than one look
 * at the text (two-character signs, durations, sizes, flags and everything in brackets) have lost their line: it is 0
 * (fact 159).
 */
export function positionOf(text: string, token: IToken | null): QueryPosition {
  const offset = token === null ? text.length : token.startOffset;
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  const column = Array.from(before.slice(lineStart)).length + 1;
  if (token !== null && hasLostLine(token)) return { line: 0, column };
  return { line: before.split('\n').length, column };
}

function hasLostLine(token: IToken): boolean {
  if (token.tokenType === t.LexicalError) return token.image.startsWith('[');
  if ([t.Duration, t.Bytes, t.RangeToken, t.ParserFlag].includes(token.tokenType)) return true;
  return /^[|!=<>][=~>]$/.test(token.image);
}

const BLANKS = /(?:[ \t\r\n]+|#[^\n]*|\/\/[^\n]*)+/y;

/** The offset of the next token, or the error of a comment without end. */
function skipBlanks(text: string, from: number): number | IToken {
  let offset = from;
  for (;;) {
    BLANKS.lastIndex = offset;
    if (BLANKS.test(text)) offset = BLANKS.lastIndex;
    if (!text.startsWith('/*', offset)) return offset;
    const end = text.indexOf('*/', offset + 2);
    if (end < 0) return lexicalError(text, offset, 'comment not terminated');
    offset = end + 2;
  }
}

const IDENTIFIER = /[\p{L}_][\p{L}\p{Nd}_]*/uy;

function scanToken(text: string, start: number): IToken {
  const first = text.charAt(start);
  if (first === '"' || first === '`' || first === "'") return stringToken(text, start, first);
  if (first === '[') return rangeToken(text, start);
  if (isDigit(first) || (first === '.' && isDigit(text.charAt(start + 1)))) return numberToken(text, start);
  if (first === '-') return dashToken(text, start);
  if (first === '\0') return lexicalError(text, start, 'invalid character NUL');
  IDENTIFIER.lastIndex = start;
  const word = IDENTIFIER.exec(text);
  return word === null ? signToken(text, start) : wordToken(text, start, word[0]);
}

function isDigit(char: string): boolean {
  return char >= '0' && char <= '9';
}

function makeToken(type: TokenType, text: string, start: number, end: number, payload?: unknown): IToken {
  return {
    image: text.slice(start, end),
    startOffset: start,
    endOffset: end - 1,
    tokenType: type,
    tokenTypeIdx: type.tokenTypeIdx ?? 0,
    payload,
  };
}

function lexicalError(text: string, start: number, message: string): IToken {
  return makeToken(t.LexicalError, text, start, text.length, message);
}

function stringToken(text: string, start: number, quote: string): IToken {
  if (quote === "'") {
    const scanned = scanCharacter(text, start);
    if (scanned.error !== null) return lexicalError(text, start, scanned.error);
    return makeToken(t.Identifier, text, start, scanned.end, text.slice(start, scanned.end));
  }
  const scanned = quote === '`' ? scanRaw(text, start) : scanQuoted(text, start);
  if (scanned.error !== null) return lexicalError(text, start, scanned.error);
  const value = unquoteGoString(text.slice(start, scanned.end));
  if (value === null) return lexicalError(text, start, 'invalid syntax');
  return makeToken(t.StringLiteral, text, start, scanned.end, value);
}

/** `[5m]`: Prometheus durations only (fact 165). */
function rangeToken(text: string, start: number): IToken {
  const close = text.indexOf(']', start);
  if (close < 0) return lexicalError(text, start, "missing closing ']' in duration");
  try {
    return makeToken(t.RangeToken, text, start, close + 1, parsePrometheusDuration(text.slice(start + 1, close)));
  } catch (error) {
    if (!(error instanceof SkaldError)) throw error;
    return lexicalError(text, start, messageOf(error));
  }
}

// One character more than UNIT_RUN_MAX, so that a run that is too long is seen without reading all of it.
const DURATION_REST = /[\p{N}nuµmshdwy.]{1,129}/uy;
const BYTES_REST = /[\p{N}BikKMGTP.]{1,129}/uy;

function numberToken(text: string, start: number): IToken {
  const number = scanNumber(text, start);
  if (number.error !== null) return lexicalError(text, start, number.error);
  return (
    tryUnits(t.Duration, DURATION_REST, parseDuration, text, start, number.end) ??
    tryUnits(t.Bytes, BYTES_REST, parseBytes, text, start, number.end) ??
    makeToken(t.NumberToken, text, start, number.end)
  );
}

/** A duration in a filter or an offset: Prometheus's form first, then Go's (fact 166). */
function parseDuration(text: string): bigint {
  try {
    return parsePrometheusDuration(text);
  } catch {
    return parseGoDuration(text);
  }
}

/** The number at `start` together with the unit characters that follow it at `end`, if `parse` takes them. */
function tryUnits(
  type: TokenType,
  units: RegExp,
  parse: (text: string) => bigint | number,
  text: string,
  start: number,
  end: number,
): IToken | null {
  units.lastIndex = end;
  if (!units.test(text)) return null;
  const unitsEnd = units.lastIndex;
  if (unitsEnd - end > UNIT_RUN_MAX) return null;
  try {
    return makeToken(type, text, start, unitsEnd, parse(text.slice(start, unitsEnd)));
  } catch (error) {
    if (!(error instanceof SkaldError)) throw error;
    return null;
  }
}

/** Longer than any flag, so that a row of dashes is not read again and again. */
const FLAG = /[\p{L}-]{1,16}/uy;

/** `--strict`, `-5m` or a minus sign. */
function dashToken(text: string, start: number): IToken {
  FLAG.lastIndex = start;
  const flag = FLAG.exec(text)?.[0];
  if (flag === '--strict' || flag === '--keep-empty') {
    return makeToken(t.ParserFlag, text, start, start + flag.length);
  }
  return (
    tryUnits(t.Duration, DURATION_REST, parseDuration, text, start, start + 1) ??
    makeToken(t.Subtract, text, start, start + 1)
  );
}

/** What makes a word a function: an argument list, or a grouping before it. */
const CALL = /\s*(?:\(|(?:by|without)\s*\()/iy;

function wordToken(text: string, start: number, word: string): IToken {
  const end = start + word.length;
  const lower = word.toLowerCase();
  const called = t.functionFor(lower);
  if (called !== undefined) {
    CALL.lastIndex = end;
    if (CALL.test(text)) return makeToken(called, text, start, end);
  }
  return makeToken(t.keywordFor(lower) ?? t.Identifier, text, start, end);
}

/** Two characters before one; a character that means nothing is an identifier, as in Loki. */
function signToken(text: string, start: number): IToken {
  const two = t.keywordFor(text.slice(start, start + 2));
  if (two !== undefined) return makeToken(two, text, start, start + 2);
  const char = String.fromCodePoint(text.codePointAt(start) ?? 0);
  return makeToken(t.keywordFor(char) ?? t.Identifier, text, start, start + char.length);
}
