import { must } from '../../src/common/assert.ts';
import type { JsonParser } from '../../planner/ir/stage.ts';
import type { ByteArena } from '../batch/byte-arena.ts';
import type { MutableBatch } from '../batch/create-batch.ts';
import type { LabelColumn } from '../batch/label-column.ts';
import { jsonErrorText, MALFORMED_ARRAY, MALFORMED_JSON, MALFORMED_OBJECT, MALFORMED_STRING } from './json-error.ts';
import { MALFORMED_ESCAPE, UNKNOWN_VALUE } from './json-error.ts';
import {
  BACKSLASH,
  blockEnd,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipSpace,
  stringEnd,
  tokenEnd,
  tokenKind,
  unescapeJson,
} from './json-text.ts';
import { HASH_SEED, hashByte } from './byte-hash.ts';
import { type KeyEntry, KeyTable } from './key-table.ts';
import { ImmediateFilters } from './immediate-filters.ts';
import {
  AlreadyParsed,
  JSON_ERROR,
  type LineParser,
  Needs,
  readRows,
  type RowReader,
  setParserError,
} from './line-parser.ts';
import { hasReplacement, writeUnescaped, writeWithoutReplacement } from './value-writer.ts';

/** Objects nested deeper than this are skipped like arrays. */
export const JSON_DEPTH_MAX = 256;

/** Every needed label has a value: the rest of the line is not read (fact 47). */
const FOUND_ALL = -1;

/** A json parser without expressions: all leaves of an object, nested names joined with `_` (facts 126 to 130). */
export function compileJson(stage: JsonStage): LineParser {
  const needs = new Needs(stage.needed);
  return needs.nothing ? { parse: () => undefined } : new JsonLineParser(needs, stage);
}

type JsonStage = Pick<JsonParser, 'needed' | 'preserveErrors' | 'immediateFilters'>;

class JsonLineParser implements LineParser, RowReader {
  readonly #needs: Needs;
  readonly #keys: KeyTable;
  readonly #preserveErrors: boolean;
  readonly #filters: ImmediateFilters;
  #batch: MutableBatch | null = null;
  #offsets: Uint32Array = new Uint32Array(0);
  #already: AlreadyParsed | null = null;
  #result = 0;
  #heap: Uint8Array = new Uint8Array(0);
  #arena: ByteArena | null = null;
  #row = 0;
  #missing = 0;
  #depth = 0;
  #replacements = false;

  constructor(needs: Needs, stage: JsonStage) {
    this.#needs = needs;
    this.#keys = new KeyTable(needs);
    this.#preserveErrors = stage.preserveErrors === true;
    this.#filters = new ImmediateFilters(stage.immediateFilters);
  }

  parse(batch: MutableBatch): void {
    const line = must(batch.line, 'json stage needs lines');
    const { selection, selectedCount } = batch;
    if (selectedCount === 0) return;
    this.#batch = batch;
    this.#already = new AlreadyParsed(batch, this.#needs);
    this.#heap = line.values;
    this.#offsets = line.offsets;
    this.#arena = batch.labels.arena;
    this.#replacements = hasReplacement(line, selection[0], selection[selectedCount - 1]);
    this.#keys.begin(batch);
    readRows(batch, this.#filters, this);
    this.#keys.end();
    this.#batch = null;
    this.#arena = null;
  }

  read(row: number): boolean {
    this.#row = row;
    this.#depth = 0;
    this.#missing = this.#needs.count - must(this.#already).count(row);
    if (this.#missing <= 0) return true;
    this.#result = this.#object(this.#offsets[row], this.#offsets[row + 1], null);
    return this.#result >= FOUND_ALL;
  }

  fail(row: number): void {
    const details = jsonErrorText(this.#result);
    setParserError(must(this.#batch).labels, row, JSON_ERROR, details, this.#preserveErrors);
  }

  /** Reads the object at `at`; returns the position after it or a negative code. */
  #object(at: number, end: number, parent: KeyEntry | null): number {
    const heap = this.#heap;
    let pos = skipSpace(heap, at, end);
    if (pos >= end || heap[pos] !== OPEN_BRACE) return MALFORMED_OBJECT;
    pos = skipSpace(heap, pos + 1, end);
    if (pos >= end) return MALFORMED_JSON;
    while (heap[pos] === QUOTE) {
      pos = this.#member(pos + 1, end, parent);
      if (pos < 0) return pos;
      pos = skipSpace(heap, pos, end);
      if (pos >= end) return MALFORMED_ARRAY;
      if (heap[pos] === CLOSE_BRACE) return pos + 1;
      if (heap[pos] !== COMMA) return MALFORMED_OBJECT;
      pos = skipSpace(heap, pos + 1, end);
      if (pos >= end) return MALFORMED_ARRAY;
    }
    return heap[pos] === CLOSE_BRACE ? pos + 1 : MALFORMED_OBJECT;
  }

  /** Reads `key": value` whose key begins at `at`; returns the position after the value or a negative code. */
  #member(at: number, end: number, parent: KeyEntry | null): number {
    const heap = this.#heap;
    let hash = HASH_SEED;
    let pos = at;
    let c = 0;
    while (pos < end && (c = heap[pos]) !== QUOTE && c !== BACKSLASH) {
      hash = hashByte(hash, c);
      pos++;
    }
    let entry: KeyEntry;
    if (pos < end && c === BACKSLASH) {
      pos = stringEnd(heap, pos, end);
      if (pos < 0) return MALFORMED_JSON;
      const escaped = this.#escapedKey(at, pos, parent);
      if (escaped === null) return MALFORMED_ESCAPE;
      entry = escaped;
    } else {
      if (pos >= end) return MALFORMED_JSON;
      entry = this.#keys.entry(parent, heap, at, pos, hash);
    }
    pos = skipSpace(heap, pos + 1, end);
    if (pos >= end || heap[pos] !== COLON) return MALFORMED_JSON;
    pos = skipSpace(heap, pos + 1, end);
    return pos >= end ? MALFORMED_JSON : this.#value(pos, end, entry);
  }

  /** The entry of a key with escapes, or null when one of them is invalid. */
  #escapedKey(start: number, end: number, parent: KeyEntry | null): KeyEntry | null {
    const arena = must(this.#arena);
    const length = unescapeJson(this.#heap, start, end, arena);
    if (length < 0) return null;
    const from = arena.size - length;
    let hash = HASH_SEED;
    for (let i = from; i < arena.size; i++) hash = hashByte(hash, arena.bytes[i]);
    const entry = this.#keys.entry(parent, arena.bytes, from, arena.size, hash);
    arena.size = from;
    return entry;
  }

  #value(at: number, end: number, entry: KeyEntry): number {
    const heap = this.#heap;
    switch (heap[at]) {
      case QUOTE: {
        const close = stringEnd(heap, at + 1, end);
        if (close < 0) return MALFORMED_STRING;
        return entry.wanted && this.#setString(entry, at + 1, close) ? FOUND_ALL : close + 1;
      }
      case OPEN_BRACE:
        return this.#nested(at, end, entry);
      case OPEN_BRACKET: {
        const close = blockEnd(heap, at, end, OPEN_BRACKET, CLOSE_BRACKET);
        return close < 0 ? MALFORMED_ARRAY : close;
      }
      default: {
        const close = tokenEnd(heap, at, end);
        const kind = tokenKind(heap, at, close);
        if (kind === 'Unknown') return UNKNOWN_VALUE;
        if (kind === 'Null' || !entry.wanted) return close;
        return this.#setRaw(entry, at, close) ? FOUND_ALL : close;
      }
    }
  }

  /**
   * An object inside the line's object. It must be closed before anything of it counts; what closes the outer one
   * closes the inner ones too, so only the outermost is searched.
   */
  #nested(at: number, end: number, entry: KeyEntry): number {
    const outermost = this.#depth === 0;
    const enter = entry.wantedBelow && this.#depth < JSON_DEPTH_MAX;
    let close = end;
    if (outermost || !enter) {
      close = blockEnd(this.#heap, at, end, OPEN_BRACE, CLOSE_BRACE);
      if (close < 0) return MALFORMED_OBJECT;
      if (!enter) return close;
    }
    this.#depth++;
    const result = this.#object(at, close, entry);
    this.#depth--;
    return outermost && result >= 0 ? close : result;
  }

  /** Sets a string value; true when nothing is missing any more. */
  #setString(entry: KeyEntry, start: number, end: number): boolean {
    const column = this.#keys.target(entry).free(this.#row);
    if (column === null) return false;
    this.#writeString(column, start, end);
    return --this.#missing === 0;
  }

  #writeString(column: LabelColumn, start: number, end: number): void {
    const heap = this.#heap;
    let pos = start;
    while (pos < end && heap[pos] !== BACKSLASH) pos++;
    if (pos < end) writeUnescaped(column, this.#row, heap, start, end, must(this.#arena));
    else if (this.#replacements) writeWithoutReplacement(column, this.#row, heap, start, end, must(this.#arena));
    else column.writeSlice(this.#row, heap, start, end);
  }

  /** Sets a number or boolean as it stands in the line; true when nothing is missing any more. */
  #setRaw(entry: KeyEntry, start: number, end: number): boolean {
    const column = this.#keys.target(entry).free(this.#row);
    if (column === null) return false;
    column.writeSlice(this.#row, this.#heap, start, end);
    return --this.#missing === 0;
  }
}
