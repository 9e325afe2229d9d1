import { goQuote } from '../go-quote.ts';
import { KEYWORDS, type Token, type TokenKind } from './token.ts';

const SPACE = /[ \t\r\n]+/y;
const WORD = /[\p{L}\p{Nd}_]+/uy;
const NUMBER =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]+)?|0[oO][0-7_]*|0[bB][01_]*|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]+)?)i?/y;
const QUOTED = /"(?:[^"\\\n]|\\[^\n])*"/y;
const RAW = /`[^`]*`/y;
const CHAR = /'(?:[^'\\\n]|\\[^\n])*'/y;

/** Splits a template into tokens; after an Error token there is nothing more. */
export function tokenize(text: string): Token[] {
  return new Lexer(text).run();
}

class Lexer {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #parenDepth = 0;
  #failed = false;

  constructor(text: string) {
    this.#text = text;
  }

  run(): Token[] {
    let trimNext = false;
    while (!this.#failed) {
      const open = this.#text.indexOf('{{', this.#at);
      const end = open < 0 ? this.#text.length : open;
      this.#pushText(end, trimNext, open >= 0 && this.#trimsBefore(open));
      if (open < 0) break;
      trimNext = this.#lexAction(open);
    }
    if (!this.#failed) this.#push('End', '', this.#text.length);
    return this.#tokens;
  }

  #push(kind: TokenKind, value: string, pos: number): void {
    this.#tokens.push({ kind, value, pos });
  }

  #fail(message: string, pos: number): void {
    this.#push('Error', message, pos);
    this.#failed = true;
  }

  #pushText(end: number, trimStart: boolean, trimEnd: boolean): void {
    let value = this.#text.slice(this.#at, end);
    if (trimStart) value = value.replace(/^[ \t\r\n]+/, '');
    if (trimEnd) value = trimRight(value);
    if (value !== '') this.#push('Text', value, this.#at);
    this.#at = end;
  }

  /** `{{- `: the marker needs a space, `{{-3}}` is a number. */
  #trimsBefore(open: number): boolean {
    return this.#text[open + 2] === '-' && isSpace(this.#text[open + 3]);
  }

  /** Length of the closing delimiter at `at`, with its trim marker; 0 when there is none. */
  #closeLength(at: number): number {
    if (this.#text.startsWith('}}', at)) return 2;
    return isSpace(this.#text[at]) && this.#text.startsWith('-}}', at + 1) ? 4 : 0;
  }

  /** Lexes `{{...}}` or a comment; returns whether the text after it is trimmed. */
  #lexAction(open: number): boolean {
    this.#at = open + (this.#trimsBefore(open) ? 4 : 2);
    if (this.#text.startsWith('/*', this.#at)) return this.#lexComment();
    this.#push('LeftDelimiter', '{{', open);
    this.#parenDepth = 0;
    while (!this.#failed) {
      const close = this.#closeLength(this.#at);
      if (close === 0) {
        this.#lexInside();
        continue;
      }
      if (this.#parenDepth > 0) {
        this.#fail('unclosed left paren', this.#at);
        return false;
      }
      this.#push('RightDelimiter', '}}', this.#at + close - 2);
      this.#at += close;
      return close === 4;
    }
    return false;
  }

  #lexComment(): boolean {
    const end = this.#text.indexOf('*/', this.#at);
    if (end < 0) {
      this.#fail('unclosed comment', this.#at);
      return false;
    }
    const close = this.#closeLength(end + 2);
    if (close === 0) this.#fail('comment ends before closing delimiter', this.#at);
    this.#at = end + 2 + close;
    return close === 4;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0] ?? null;
  }

  #take(kind: TokenKind, value: string): void {
    this.#push(kind, value, this.#at);
    this.#at += value.length;
  }

  #lexInside(): void {
    const char = this.#text.charAt(this.#at);
    if (char === '') return this.#fail('unclosed action', this.#at);
    if (isSpace(char)) return this.#lexSpace();
    switch (char) {
      case '=':
        return this.#take('Assign', '=');
      case ':':
        if (this.#text[this.#at + 1] !== '=') return this.#fail('expected :=', this.#at);
        return this.#take('Declare', ':=');
      case '|':
        return this.#take('Pipe', '|');
      case '"':
        return this.#lexDelimited('String', QUOTED, 'unterminated quoted string');
      case '`':
        return this.#lexDelimited('RawString', RAW, 'unterminated raw quoted string');
      case "'":
        return this.#lexDelimited('CharConstant', CHAR, 'unterminated character constant');
      case '(':
        this.#parenDepth++;
        return this.#take('LeftParen', '(');
      case ')':
        if (--this.#parenDepth < 0) return this.#fail('unexpected right paren', this.#at);
        return this.#take('RightParen', ')');
      default:
        return this.#lexWord(char);
    }
  }

  /** A space before `-}}` belongs to the delimiter. */
  #lexSpace(): void {
    const spaces = this.#match(SPACE) ?? '';
    const trims = this.#text.startsWith('-}}', this.#at + spaces.length);
    const value = trims ? spaces.slice(0, -1) : spaces;
    if (value !== '') this.#take('Space', value);
  }

  #lexDelimited(kind: TokenKind, pattern: RegExp, message: string): void {
    const value = this.#match(pattern);
    if (value === null) this.#fail(message, this.#at);
    else this.#take(kind, value);
  }

  #lexWord(char: string): void {
    const next = this.#text.charAt(this.#at + 1);
    if (char === '.' && !/[0-9]/.test(next)) return this.#lexName('Field');
    if (char === '$') return this.#lexName('Variable');
    if (/[0-9.+-]/.test(char)) return this.#lexNumber();
    const word = this.#match(WORD);
    if (word !== null) return this.#lexIdentifier(word);
    if (char > ' ' && char < '\x7f') return this.#take('Char', char);
    this.#fail(`unrecognized character in action: ${printRune(this.#text, this.#at)}`, this.#at);
  }

  /** `.name` or `$name`, the name possibly empty. */
  #lexName(kind: 'Field' | 'Variable'): void {
    const start = this.#at;
    this.#at++;
    const name = this.#match(WORD) ?? '';
    this.#at = start;
    if (!this.#terminated(start + 1 + name.length)) return;
    const value = this.#text.slice(start, start + 1 + name.length);
    this.#take(value === '.' ? 'Dot' : kind, value);
  }

  #lexIdentifier(word: string): void {
    if (!this.#terminated(this.#at + word.length)) return;
    const bool = word === 'true' || word === 'false';
    this.#take(bool ? 'Bool' : KEYWORDS.has(word) ? 'Keyword' : 'Identifier', word);
  }

  /** Whether a name may end at `end`; fails when not. */
  #terminated(end: number): boolean {
    const char = this.#text.charAt(end);
    if (char === '' || isSpace(char) || '.,|:()'.includes(char) || this.#text.startsWith('}}', end)) return true;
    this.#fail(`bad character ${printRune(this.#text, end)}`, this.#at);
    return false;
  }

  #lexNumber(): void {
    const value = this.#match(NUMBER) ?? '';
    const end = this.#at + value.length;
    if (/[\p{L}\p{Nd}_]/u.test(this.#text.charAt(end)) || !/[0-9]/.test(value)) {
      return this.#fail(`bad number syntax: ${goQuote(this.#text.slice(this.#at, end + 1))}`, this.#at);
    }
    this.#take('Number', value);
  }
}

function isSpace(char: string | undefined): boolean {
  return char === ' ' || char === '\t' || char === '\r' || char === '\n';
}

function trimRight(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text[end - 1])) end--;
  return text.slice(0, end);
}

/** Go's `%#U`. */
function printRune(text: string, at: number): string {
  const codePoint = text.codePointAt(at) ?? 0xfffd;
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')} '${String.fromCodePoint(codePoint)}'`;
}
