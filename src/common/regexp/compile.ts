import { RE2JS } from 're2js';
import type { RegexpNode } from './ast.ts';
import { positionedText, sliceText } from './byte-text.ts';
import { existenceOf } from './existence.ts';
import { expandPieces, parseReplacement } from './expand.ts';
import { parseRegexp } from './parse.ts';
import { printRegexp } from './print.ts';
import type { CompiledRegexp, RegexpOptions } from './regexp.ts';
import { tile } from './tiles.ts';
import { sameCaptures, translate } from './translate.ts';

/**
 * Compiles an RE2 expression. Throws SkaldError `bad_query` with Go's text (`error parsing regexp: ...`). What is proven
 * safe and equal runs as a JavaScript RegExp, everything else on a linear-time engine.
 */
export function compileRegexp(pattern: string, options?: Partial<RegexpOptions>): CompiledRegexp {
  const { root, groupNames } = parseRegexp(pattern, options?.dotAll ?? false);
  return new Regexp(pattern, options?.anchored === true ? anchored(root) : root, groupNames);
}

function anchored(root: RegexpNode): RegexpNode {
  const begin: RegexpNode = { kind: 'Assertion', assertion: 'BeginText' };
  const end: RegexpNode = { kind: 'Assertion', assertion: 'EndText' };
  return { kind: 'Concat', items: [begin, root, end] };
}

/** Pairs of UTF-16 positions by group, -1 where a group took no part. */
type Spans = Int32Array;

/** Both engines of one expression; a missing fast one has a text maximum of -1. */
class Regexp implements CompiledRegexp {
  readonly source: string;
  readonly groupNames: readonly string[];
  readonly #root: RegexpNode;
  readonly #testRoot: RegexpNode;
  readonly #fastTest: RegExp | null;
  readonly #fastTestMax: number;
  readonly #fastSearch: RegExp | null;
  /** Groups of the tiled expression that `#fastSearch` then is; null when it is the expression itself. */
  readonly #tileGroups: readonly number[] | null;
  readonly #fastSearchMax: number;
  #linear: RE2JS | null = null;
  #linearTest: RE2JS | null = null;

  constructor(source: string, root: RegexpNode, groupNames: readonly string[]) {
    this.source = source;
    this.groupNames = groupNames;
    this.#root = root;
    this.#testRoot = existenceOf(root);
    const test = translate(this.#testRoot);
    this.#fastTest = test === null ? null : new RegExp(test.source, 'u');
    this.#fastTestMax = test?.textMax ?? -1;
    const search = sameCaptures(root) ? translate(root) : null;
    this.#fastSearchMax = search?.textMax ?? -1;
    const tiling = search === null ? null : tile(root);
    this.#tileGroups = tiling?.groups ?? null;
    if (tiling !== null) this.#fastSearch = new RegExp(printRegexp(tiling.root, 'JavaScript'), 'gu');
    else this.#fastSearch = search === null ? null : new RegExp(search.source, 'dgu');
  }

  test(text: string): boolean {
    if (this.#fastTest !== null && text.length <= this.#fastTestMax) return this.#fastTest.test(text);
    this.#linearTest ??= RE2JS.compile(printRegexp(this.#testRoot, 'RE2'));
    return this.#linearTest.test(text);
  }

  testBytes(bytes: Uint8Array, start: number, end: number): boolean {
    return this.test(sliceText(bytes, start, end));
  }

  exec(text: string): readonly (string | undefined)[] | null {
    const spans = this.#search(text, 0);
    if (spans === null) return null;
    return this.groupNames.map((_, group) => {
      const start = spans[2 * group];
      return start < 0 ? undefined : text.slice(start, spans[2 * group + 1]);
    });
  }

  execBytes(bytes: Uint8Array, start: number, end: number): Int32Array | null {
    const { text, positionOf } = positionedText(bytes, start, end);
    const spans = this.#search(text, 0);
    if (spans === null) return null;
    for (let i = 0; i < spans.length; i++) if (spans[i] >= 0) spans[i] = positionOf(spans[i]);
    return spans;
  }

  replaceAll(text: string, replacement: string, literal: boolean): string {
    const pieces = literal ? [replacement] : parseReplacement(replacement, this.groupNames);
    let out = '';
    let lastEnd = 0;
    for (let from = 0; from <= text.length;) {
      const spans = this.#search(text, from);
      if (spans === null) break;
      const [start, end] = spans;
      out += text.slice(lastEnd, start);
      // An empty match right after a match is not one.
      if (end > lastEnd || start === 0) out += expandPieces(pieces, text, spans);
      lastEnd = end;
      from = Math.max(nextIndex(text, from), end);
    }
    return out + text.slice(lastEnd);
  }

  count(text: string): number {
    let count = 0;
    let lastEnd = -1;
    for (let from = 0; from <= text.length;) {
      const spans = this.#search(text, from);
      if (spans === null) break;
      const [start, end] = spans;
      if (end !== from || start !== lastEnd) count++;
      from = end === from ? nextIndex(text, from) : end;
      lastEnd = end;
    }
    return count;
  }

  /** The first match that begins at `from` or later; assertions see the text before it. */
  #search(text: string, from: number): Spans | null {
    if (this.#fastSearch !== null && text.length <= this.#fastSearchMax) {
      this.#fastSearch.lastIndex = from;
      const match = this.#fastSearch.exec(text);
      if (match === null) return null;
      const spans = new Int32Array(2 * this.groupNames.length);
      if (this.#tileGroups !== null) spansOfTiles(match, this.#tileGroups, spans);
      else spansOfIndices(match, spans);
      return spans;
    }
    this.#linear ??= RE2JS.compile(printRegexp(this.#root, 'RE2'));
    const matcher = this.#linear.matcher(text);
    if (!matcher.find(from)) return null;
    return Int32Array.from(this.groupNames.flatMap((_, group) => [matcher.start(group), matcher.end(group)]));
  }
}

function spansOfTiles(match: RegExpExecArray, groups: readonly number[], spans: Spans): void {
  let at = match.index;
  spans[0] = at;
  for (let i = 0; i < groups.length; i++) {
    const end = at + match[i + 1].length;
    if (groups[i] > 0) {
      spans[2 * groups[i]] = at;
      spans[2 * groups[i] + 1] = end;
    }
    at = end;
  }
  spans[1] = at;
}

function spansOfIndices({ indices }: RegExpExecArray, spans: Spans): void {
  for (let group = 0; 2 * group < spans.length; group++) {
    const span = indices?.[group];
    spans[2 * group] = span?.[0] ?? -1;
    spans[2 * group + 1] = span?.[1] ?? -1;
  }
}

/** Index of the code point after the one at `index`. */
function nextIndex(text: string, index: number): number {
  return index + ((text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1);
}
