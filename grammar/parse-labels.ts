import { SkaldError } from '../src/common/errors.ts';
import { goQuote } from '../src/common/go-quote.ts';
import { type LabelPair, Labels } from '../src/common/labels.ts';
import { compareUtf8, utf8Length } from '../src/common/utf8.ts';
import { unquoteGoString } from './go-string.ts';

/**
 * The label set of a push body's `{a="b", c="d"}`. Values may be in double or single quotes or backticks, a comma may
 * stand before the closing brace, a metric name before the opening one; pairs with an empty value are left out; of a
 * name given twice the last stays. Throws SkaldError `bad_request` with Prometheus's text
 * (`1:5: parse error: unexpected character inside braces: '-'`).
 */
export function parseLabels(text: string): Labels {
  return new LabelScanner(text).read();
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const METRIC_NAME = /[A-Za-z_:][A-Za-z0-9_:]*/y;

class LabelScanner {
  readonly #text: string;
  readonly #pairs: LabelPair[] = [];
  #offset = 0;
  #sorted = true;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Labels {
    this.#skipBlanks();
    const metricName = this.#match(METRIC_NAME);
    if (metricName !== null) {
      this.#add('__name__', metricName);
      this.#skipBlanks();
    }
    if (this.#text[this.#offset] === '{') this.#readBraces();
    else if (metricName === null) this.#refuseToken('');
    this.#skipBlanks();
    if (this.#offset < this.#text.length) this.#refuseToken('');
    return this.#sorted ? Labels.fromSorted(this.#pairs) : withoutEmpty(Labels.from(this.#pairs));
  }

  #readBraces(): void {
    this.#offset++;
    for (;;) {
      this.#skipBlanks();
      if (this.#take('}')) return;
      this.#readPair();
      this.#skipBlanks();
      if (this.#take('}')) return;
      if (!this.#take(',')) this.#refuseToken(' in label set, expected "," or "}"');
    }
  }

  #readPair(): void {
    const name = this.#match(NAME);
    if (name === null) this.#refuseToken(' in label set, expected identifier or "}"');
    this.#skipBlanks();
    if (this.#text[this.#offset] !== '=' || this.#text[this.#offset + 1] === '~') {
      this.#refuseToken(' in label set, expected "="');
    }
    this.#offset++;
    this.#skipBlanks();
    this.#add(name, this.#readValue());
  }

  #readValue(): string {
    const text = this.#text;
    const start = this.#offset;
    const quote = text[start];
    if (quote !== '"' && quote !== "'" && quote !== '`') this.#refuseToken(' in label set, expected string');
    const end = this.#endOfString(start, quote);
    this.#offset = end;
    const value = unquoteGoString(text.slice(start, end));
    if (value === null)
      this.#refuseAt(start, 'error unquoting string ' + goQuote(text.slice(start, end)) + ': invalid syntax');
    return value;
  }

  /** The offset after the closing quote. */
  #endOfString(start: number, quote: string): number {
    const text = this.#text;
    for (let at = start + 1; at < text.length; at++) {
      const char = text[at];
      if (char === quote) return at + 1;
      if (quote === '`') continue;
      if (char === '\n') break;
      if (char === '\\') at++;
    }
    return this.#refuseAt(start, `unterminated ${quote === '`' ? 'raw' : 'quoted'} string`);
  }

  #add(name: string, value: string): void {
    const last = this.#pairs.at(-1);
    if (last !== undefined && compareUtf8(last[0], name) >= 0) this.#sorted = false;
    // In a sorted set no name comes twice, so nothing hides behind an empty value.
    if (value === '') this.#sorted = false;
    this.#pairs.push([name, value]);
  }

  #skipBlanks(): void {
    for (;;) {
      const char = this.#text[this.#offset];
      if (char !== ' ' && char !== '\t' && char !== '\n' && char !== '\r') return;
      this.#offset++;
    }
  }

  #take(char: string): boolean {
    if (this.#text[this.#offset] !== char) return false;
    this.#offset++;
    return true;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#offset;
    const found = pattern.exec(this.#text);
    if (found === null) return null;
    this.#offset += found[0].length;
    return found[0];
  }

  /** Refuses what stands at the offset: a character that is no token, or a token in the wrong place. */
  #refuseToken(context: string): never {
    const text = this.#text;
    const start = this.#offset;
    const inside = context !== '';
    if (start >= text.length) this.#refuseAt(start, `unexpected end of input${inside ? ' inside braces' : ''}`);
    const char = String.fromCodePoint(text.codePointAt(start) ?? 0);
    if (inside && char === '{') this.#refuseAt(start, `unexpected left brace '{'`);
    if (char === '"' || char === "'" || char === '`') {
      const string = text.slice(start, this.#endOfString(start, char));
      this.#refuseAt(start, `unexpected string ${goQuote(string)}${context}`);
    }
    const name = this.#match(NAME);
    if (name !== null) this.#refuseAt(start, `unexpected identifier ${goQuote(name)}${context}`);
    const operator = /^(?:=~|!=|!~|=)/.exec(text.slice(start, start + 2))?.[0];
    if (operator !== undefined) this.#refuseAt(start, `unexpected <op:${operator}>${context}`);
    if (char === ',' || char === '}' || char === '{') this.#refuseAt(start, `unexpected ${goQuote(char)}${context}`);
    return this.#refuseAt(start, `unexpected character${inside ? ' inside braces' : ''}: ${quoteCharacter(char)}`);
  }

  #refuseAt(offset: number, reason: string): never {
    const before = this.#text.slice(0, offset);
    const lineStart = before.lastIndexOf('\n') + 1;
    const column = utf8Length(before.slice(lineStart)) + 1;
    throw new SkaldError('bad_request', `${before.split('\n').length}:${column}: parse error: ${reason}`);
  }
}

/** A character as Go's `%q` prints it. */
function quoteCharacter(char: string): string {
  if (char === "'") return `'\\''`;
  return char === '"' ? `'"'` : `'${goQuote(char).slice(1, -1)}'`;
}

function withoutEmpty(labels: Labels): Labels {
  return Labels.fromSorted(labels.pairs.filter(([, value]) => value !== ''));
}
