import { must } from '../../src/common/assert.ts';
import type { JsonParser } from '../../planner/ir/stage.ts';
import { ByteArena } from '../batch/byte-arena.ts';
import type { MutableBatch } from '../batch/create-batch.ts';
import type { LabelReader } from '../batch/label-columns.ts';
import type { ParseTarget } from '../batch/parse-target.ts';
import { jsonErrorText, MALFORMED_ARRAY, MALFORMED_OBJECT, MALFORMED_STRING, UNKNOWN_VALUE } from './json-error.ts';
import { buildPathTree, findKey, type PathNode } from './json-paths.ts';
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipSpace,
} from '../../src/common/json-bytes.ts';
import { blockEnd, stringEnd, tokenEnd, tokenKind, unescapeJson } from './json-text.ts';
import { JSON_ERROR, type LineParser, Needs, setParserError } from './line-parser.ts';
import { writeUnescaped } from './value-writer.ts';

/** The walk over the line is over: everything was found, or the line is not JSON from here on. */
const STOP = -1;

/** `json a="path", b`: only the values at the paths, empty where the line has none (facts 131 to 133). */
export function compileJsonExpressions(
  stage: Pick<JsonParser, 'extractions' | 'needed' | 'preserveErrors'>,
): LineParser {
  const needs = new Needs(stage.needed);
  return needs.nothing
    ? { parse: () => undefined }
    : new JsonExpressionParser(stage.extractions, needs, stage.preserveErrors === true);
}

class JsonExpressionParser implements LineParser {
  readonly #labels: readonly string[];
  readonly #needs: Needs;
  readonly #preserveErrors: boolean;
  readonly #root: PathNode;
  readonly #found: Uint8Array;
  readonly #key = new ByteArena();
  #foundCount = 0;
  #batch: MutableBatch | null = null;
  #heap: Uint8Array = new Uint8Array(0);
  #targets: readonly ParseTarget[] = [];
  #readers: readonly LabelReader[] = [];
  #row = 0;

  constructor(extractions: JsonParser['extractions'], needs: Needs, preserveErrors: boolean) {
    this.#preserveErrors = preserveErrors;
    this.#labels = extractions.map(({ label }) => label);
    this.#needs = needs;
    this.#root = buildPathTree(extractions.map(({ path }) => path));
    this.#found = new Uint8Array(extractions.length);
  }

  parse(batch: MutableBatch): void {
    const { values, offsets } = must(batch.line, 'json stage needs lines');
    const { labels } = batch;
    this.#batch = batch;
    this.#heap = values;
    this.#targets = this.#labels.map((label) => labels.parseTarget(label, this.#needs.wants));
    // Columns must exist before their readers: a reader does not see columns that are made later.
    for (const label of this.#labels) if (this.#needs.wants(label)) labels.column(label);
    this.#readers = this.#labels.map((label) => labels.filterReader(label));
    for (let i = 0; i < batch.selectedCount; i++) {
      const row = batch.selection[i];
      if (offsets[row] === offsets[row + 1]) continue;
      this.#line(row, offsets[row], offsets[row + 1]);
    }
    this.#batch = null;
  }

  #line(row: number, start: number, end: number): void {
    const first = this.#heap[start];
    this.#row = row;
    if (first !== QUOTE && first !== OPEN_BRACE && first !== OPEN_BRACKET) {
      this.#fail(null);
      return;
    }
    this.#found.fill(0);
    this.#foundCount = 0;
    this.#value(this.#root, start, end);
    if (this.#foundCount === this.#found.length) return;
    const labels = must(this.#batch).labels;
    this.#labels.forEach((label, i) => {
      if (this.#needs.wants(label) && !this.#readers[i].at(row)) labels.column(label).writeArena(row, 0, 0);
    });
  }

  #fail(details: string | null): void {
    setParserError(must(this.#batch).labels, this.#row, JSON_ERROR, details, this.#preserveErrors);
  }

  /** Handles the value at `at` for `node` (null: nobody asks for it); returns the position after it, or STOP. */
  #value(node: PathNode | null, at: number, end: number): number {
    const heap = this.#heap;
    const asked = node !== null && node.ends.length > 0;
    switch (heap[at]) {
      case QUOTE: {
        const close = stringEnd(heap, at + 1, end);
        if (close < 0) return this.#broken(asked, MALFORMED_STRING);
        return asked && this.#take(node, at + 1, close, true) ? STOP : close + 1;
      }
      case OPEN_BRACE:
        return this.#container(node, at, end, OPEN_BRACE, CLOSE_BRACE, MALFORMED_OBJECT);
      case OPEN_BRACKET:
        return this.#container(node, at, end, OPEN_BRACKET, CLOSE_BRACKET, MALFORMED_ARRAY);
      default: {
        const close = tokenEnd(heap, at, end);
        const kind = tokenKind(heap, at, close);
        if (kind === 'Unknown') return this.#broken(asked, UNKNOWN_VALUE);
        return asked && this.#take(node, at, kind === 'Null' ? at : close, false) ? STOP : close;
      }
    }
  }

  #container(node: PathNode | null, at: number, end: number, open: number, close: number, error: number): number {
    const heap = this.#heap;
    if (node === null) return blockEnd(heap, at, end, open, close);
    if (node.ends.length > 0) {
      const after = blockEnd(heap, at, end, open, close);
      if (after < 0) return this.#broken(true, error);
      if (this.#take(node, at, after, false)) return STOP;
    }
    if (open === OPEN_BRACE && node.keys.length > 0) return this.#members(node, at + 1, end);
    if (open === OPEN_BRACKET && node.indices.size > 0) return this.#elements(node, at + 1, end);
    return blockEnd(heap, at, end, open, close);
  }

  #members(node: PathNode, at: number, end: number): number {
    const heap = this.#heap;
    let pos = skipSpace(heap, at, end);
    while (pos < end && heap[pos] === QUOTE) {
      const close = stringEnd(heap, pos + 1, end);
      if (close < 0) return STOP;
      const child = this.#child(node, pos + 1, close);
      pos = skipSpace(heap, close + 1, end);
      if (pos >= end || heap[pos] !== COLON) return STOP;
      pos = skipSpace(heap, pos + 1, end);
      if (pos >= end) return STOP;
      pos = this.#value(child, pos, end);
      if (pos < 0) return STOP;
      pos = skipSpace(heap, pos, end);
      if (pos < end && heap[pos] === COMMA) pos = skipSpace(heap, pos + 1, end);
    }
    return pos < end && heap[pos] === CLOSE_BRACE ? pos + 1 : STOP;
  }

  #elements(node: PathNode, at: number, end: number): number {
    const heap = this.#heap;
    let pos = skipSpace(heap, at, end);
    for (let index = 0; pos < end && heap[pos] !== CLOSE_BRACKET; index++) {
      pos = this.#value(node.indices.get(index) ?? null, pos, end);
      if (pos < 0) return STOP;
      pos = skipSpace(heap, pos, end);
      if (pos < end && heap[pos] === COMMA) pos = skipSpace(heap, pos + 1, end);
    }
    return pos < end ? pos + 1 : STOP;
  }

  /** The child for a key as the line has it, escapes resolved. */
  #child(node: PathNode, start: number, end: number): PathNode | null {
    const heap = this.#heap;
    let pos = start;
    while (pos < end && heap[pos] !== BACKSLASH) pos++;
    if (pos === end) return findKey(node, heap, start, end);
    this.#key.size = 0;
    return unescapeJson(heap, start, end, this.#key) < 0 ? null : findKey(node, this.#key.bytes, 0, this.#key.size);
  }

  /** Gives the value to the node's extractions that have none yet; true when all extractions have one. */
  #take(node: PathNode, start: number, end: number, isString: boolean): boolean {
    const arena = must(this.#batch).labels.arena;
    for (const index of node.ends) {
      if (this.#found[index] === 1) continue;
      this.#found[index] = 1;
      this.#foundCount++;
      const column = this.#targets[index].any(this.#row);
      if (column === null) continue;
      if (isString) writeUnescaped(column, this.#row, this.#heap, start, end, arena);
      else column.writeSlice(this.#row, this.#heap, start, end);
    }
    return this.#foundCount === this.#found.length;
  }

  /** The walk cannot go on; it is an error only when the broken value was asked for. */
  #broken(asked: boolean, code: number): number {
    if (asked) this.#fail(jsonErrorText(code));
    return STOP;
  }
}
