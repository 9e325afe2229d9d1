import type { Assertion, ParsedRegexp, RegexpNode } from './ast.ts';
import { parseClass, parseClassEscape } from './parse-class.ts';
import { parseEscape } from './parse-escape.ts';
import { checkNestedRepeat, checkSize } from './parse-limits.ts';
import { regexpError } from './regexp-error.ts';

/** Longest expression in UTF-16 units; LogQL queries are shorter than this anyway. */
export const PATTERN_LENGTH_MAX = 131_072;
/** Deepest nesting of groups, as in Go. */
export const GROUP_DEPTH_MAX = 1000;
/** Largest count in `{n,m}`, as in Go. */
export const REPEAT_COUNT_MAX = 1000;

/** Parses an RE2 expression, with or without an initial `(?s)`. Throws SkaldError `bad_query` with Go's text. */
export function parseRegexp(pattern: string, dotAll = false): ParsedRegexp {
  if (pattern.length > PATTERN_LENGTH_MAX) throw regexpError('expression too large', pattern.slice(0, 100));
  return new Parser(pattern, dotAll).parse();
}

interface Flags {
  fold: boolean;
  multiLine: boolean;
  dotAll: boolean;
  ungreedy: boolean;
}

/** An open group: finished alternatives, and the items of the one being read. */
interface Frame {
  readonly alternatives: RegexpNode[];
  items: RegexpNode[];
  /** What surrounds the group: restored when it closes. */
  readonly flags: Flags;
  /** 0: does not capture. */
  readonly captureIndex: number;
}

class Parser {
  readonly #pattern: string;
  readonly #groupNames: string[] = [''];
  readonly #frames: Frame[] = [];
  #frame: Frame;
  #flags: Flags;
  #at = 0;
  /** Where the repetition that ended right here began; -1 when the previous item is none. */
  #lastRepeat = -1;

  constructor(pattern: string, dotAll: boolean) {
    this.#pattern = pattern;
    this.#flags = { fold: false, multiLine: false, dotAll, ungreedy: false };
    this.#frame = { alternatives: [], items: [], flags: this.#flags, captureIndex: 0 };
  }

  parse(): ParsedRegexp {
    while (this.#at < this.#pattern.length) {
      const repeat = this.#parseRepeat();
      if (!repeat) this.#parseItem();
      this.#lastRepeat = repeat ? this.#lastRepeat : -1;
    }
    if (this.#frames.length > 0) throw regexpError('missing closing )', this.#pattern);
    const root = finishFrame(this.#frame);
    checkSize(root, this.#pattern);
    return { root, groupNames: this.#groupNames };
  }

  #parseItem(): void {
    const char = this.#pattern[this.#at];
    switch (char) {
      case '(':
        return this.#openGroup();
      case ')':
        return this.#closeGroup();
      case '|':
        this.#frame.alternatives.push(concat(this.#frame.items));
        this.#frame.items = [];
        this.#at++;
        return;
      case '[': {
        const { node, end } = parseClass(this.#pattern, this.#at, this.#flags.fold);
        return this.#push(node, end);
      }
      case '.':
        return this.#push({ kind: 'AnyChar', newline: this.#flags.dotAll }, this.#at + 1);
      case '^':
        return this.#pushAssertion(this.#flags.multiLine ? 'BeginLine' : 'BeginText', this.#at + 1);
      case '$':
        return this.#pushAssertion(this.#flags.multiLine ? 'EndLine' : 'EndText', this.#at + 1);
      case '\\':
        return this.#parseBackslash();
      default: {
        const codePoint = this.#pattern.codePointAt(this.#at) ?? 0;
        return this.#pushLiteral(codePoint, this.#at + (codePoint > 0xffff ? 2 : 1));
      }
    }
  }

  #push(node: RegexpNode, end: number): void {
    this.#frame.items.push(node);
    this.#at = end;
  }

  #pushLiteral(codePoint: number, end: number): void {
    this.#push({ kind: 'Literal', codePoint, fold: this.#flags.fold }, end);
  }

  #pushAssertion(assertion: Assertion, end: number): void {
    this.#push({ kind: 'Assertion', assertion }, end);
  }

  #parseBackslash(): void {
    const start = this.#at;
    const next = this.#pattern[start + 1];
    if (next === 'A') return this.#pushAssertion('BeginText', start + 2);
    if (next === 'z') return this.#pushAssertion('EndText', start + 2);
    if (next === 'b') return this.#pushAssertion('WordBoundary', start + 2);
    if (next === 'B') return this.#pushAssertion('NoWordBoundary', start + 2);
    if (next === 'C') throw regexpError('invalid escape sequence', '\\C');
    if (next === 'Q') return this.#parseQuoted(start + 2);
    const group = parseClassEscape(this.#pattern, start, this.#flags.fold);
    if (group !== null) return this.#push(group.node, group.end);
    const { codePoint, end } = parseEscape(this.#pattern, start);
    return this.#pushLiteral(codePoint, end);
  }

  /** `\Q...\E`; without `\E` it reaches to the end. */
  #parseQuoted(start: number): void {
    const close = this.#pattern.indexOf('\\E', start);
    const end = close < 0 ? this.#pattern.length : close;
    for (const char of this.#pattern.slice(start, end)) this.#pushLiteral(char.codePointAt(0) ?? 0, end);
    this.#at = close < 0 ? end : close + 2;
  }

  #openGroup(): void {
    if (this.#pattern.startsWith('(?', this.#at)) return this.#parsePerlGroup();
    return this.#pushFrame(true, '', this.#at + 1, this.#flags);
  }

  #pushFrame(captures: boolean, name: string, end: number, inner: Flags): void {
    if (this.#frames.length >= GROUP_DEPTH_MAX) throw regexpError('expression nests too deeply', this.#pattern);
    const captureIndex = captures ? this.#groupNames.push(name) - 1 : 0;
    this.#frames.push(this.#frame);
    this.#frame = { alternatives: [], items: [], flags: this.#flags, captureIndex };
    this.#flags = inner;
    this.#at = end;
  }

  #closeGroup(): void {
    const outer = this.#frames.pop();
    if (outer === undefined) throw regexpError('unexpected )', this.#pattern);
    const { captureIndex, flags } = this.#frame;
    const body = finishFrame(this.#frame);
    const name = this.#groupNames[captureIndex] ?? '';
    this.#frame = outer;
    this.#flags = flags;
    this.#push(captureIndex === 0 ? body : { kind: 'Capture', index: captureIndex, name, body }, this.#at + 1);
  }

  /** `(?P<name>`, `(?<name>`, `(?flags)`, `(?flags:`. */
  #parsePerlGroup(): void {
    const start = this.#at;
    const named = /^\(\?P?</.exec(this.#pattern.slice(start, start + 4));
    if (named !== null && this.#pattern.length > start + named[0].length) return this.#parseNamed(named[0].length);
    const flags = { ...this.#flags };
    let at = start + 2;
    let value = true;
    let sawFlag = false;
    for (; at < this.#pattern.length; at++) {
      const char = this.#pattern.charAt(at);
      if (char === ':' || char === ')') {
        if (!value && !sawFlag) break;
        if (char === ':') return this.#pushFrame(false, '', at + 1, flags);
        this.#flags = flags;
        this.#at = at + 1;
        return;
      }
      if (char === '-') {
        if (!value) break;
        value = false;
        sawFlag = false;
      } else if (setFlag(flags, char, value)) sawFlag = true;
      else break;
    }
    const codePoint = this.#pattern.codePointAt(at);
    const end = codePoint === undefined ? at : at + (codePoint > 0xffff ? 2 : 1);
    throw regexpError('invalid or unsupported Perl syntax', this.#pattern.slice(start, end));
  }

  #parseNamed(prefixLength: number): void {
    const start = this.#at;
    const close = this.#pattern.indexOf('>', start);
    // Look-behind assertions begin like a name and never reach a well-formed one.
    if (close < 0) throw regexpError('invalid named capture', this.#pattern.slice(start));
    const name = this.#pattern.slice(start + prefixLength, close);
    if (!/^[0-9A-Za-z_]+$/.test(name)) {
      throw regexpError('invalid named capture', this.#pattern.slice(start, close + 1));
    }
    this.#pushFrame(true, name, close + 1, this.#flags);
  }

  /** A repetition operator here, applied to the last item; false when there is none. */
  #parseRepeat(): boolean {
    const start = this.#at;
    const bounds = repeatBounds(this.#pattern, start);
    if (bounds === null) return false;
    let end = bounds.end;
    const { min, max } = bounds;
    const text = (): string => this.#pattern.slice(start, end);
    if (min > REPEAT_COUNT_MAX || (max !== Infinity && (max > REPEAT_COUNT_MAX || min > max))) {
      throw regexpError('invalid repeat count', text());
    }
    let greedy = !this.#flags.ungreedy;
    if (this.#pattern[end] === '?') {
      greedy = !greedy;
      end++;
    }
    if (this.#lastRepeat >= 0) {
      throw regexpError('invalid nested repetition operator', this.#pattern.slice(this.#lastRepeat, end));
    }
    const body = this.#frame.items.pop();
    if (body === undefined) throw regexpError('missing argument to repetition operator', text());
    const node: RegexpNode = { kind: 'Repeat', body, min, max, greedy };
    checkNestedRepeat(node, REPEAT_COUNT_MAX, text());
    this.#push(node, end);
    this.#lastRepeat = start;
    return true;
  }
}

function setFlag(flags: Flags, char: string, value: boolean): boolean {
  switch (char) {
    case 'i':
      flags.fold = value;
      return true;
    case 'm':
      flags.multiLine = value;
      return true;
    case 's':
      flags.dotAll = value;
      return true;
    case 'U':
      flags.ungreedy = value;
      return true;
    default:
      return false;
  }
}

const COUNTED = /\{(0|[1-9][0-9]*)(,(0|[1-9][0-9]*)?)?\}/y;

/** Bounds of the operator at `start`; a `{` that does not begin a count is a literal. */
function repeatBounds(pattern: string, start: number): { min: number; max: number; end: number } | null {
  const end = start + 1;
  switch (pattern[start]) {
    case '*':
      return { min: 0, max: Infinity, end };
    case '+':
      return { min: 1, max: Infinity, end };
    case '?':
      return { min: 0, max: 1, end };
    case '{': {
      COUNTED.lastIndex = start;
      const match = COUNTED.exec(pattern);
      if (match === null) return null;
      const min = Number(match[1]);
      const max = match[2] === undefined ? min : match[3] === undefined ? Infinity : Number(match[3]);
      return { min, max, end: start + match[0].length };
    }
    default:
      return null;
  }
}

function finishFrame(frame: Frame): RegexpNode {
  const last = concat(frame.items);
  return frame.alternatives.length === 0 ? last : { kind: 'Alternate', items: [...frame.alternatives, last] };
}

function concat(items: readonly RegexpNode[]): RegexpNode {
  if (items.length === 0) return { kind: 'Empty' };
  return items.length === 1 ? items[0] : { kind: 'Concat', items };
}
