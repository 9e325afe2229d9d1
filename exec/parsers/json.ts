import { must } from '../../src/common/assert.ts';
import type { JsonParser } from '../../planner/ir/stage.ts';
import type { ByteArena } from '../batch/byte-arena.ts';
import type { MutableBatch } from '../batch/create-batch.ts';
import { jsonErrorText, MALFORMED_ARRAY, MALFORMED_JSON, MALFORMED_OBJECT, MALFORMED_STRING } from './json-error.ts';
import { MALFORMED_ESCAPE, UNKNOWN_VALUE } from './json-error.ts';
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from '../../src/common/json-bytes.ts';
import { blockEnd, skipSpace, stringEnd, tokenEnd, tokenKind, unescapeJson } from './json-text.ts';
import { HASH_SEED, hashByte } from './byte-hash.ts';
import { hasKeyAt, type KeyEntry, KeyTable } from './key-table.ts';
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
  const needs = new Needs(stage.needed, stage.wholeLine);
  return needs.nothing ? { parse: () => undefined } : new JsonLineParser(needs, stage);
}

type JsonStage = Pick<JsonParser, 'needed' | 'wholeLine' | 'preserveErrors' | 'immediateFilters'>;

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
  /** The key that was read last. */
  #entry: KeyEntry | null = null;
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
    let guess = parent === null ? this.#keys.first : parent.firstBelow;
    let previous: KeyEntry | null = null;
    while (heap[pos] === QUOTE) {
      pos = this.#key(pos + 1, end, parent, guess);
      if (pos < 0) return pos;
      const entry = this.#entry as KeyEntry;
      if (entry !== guess && entry.isPlain) this.#follow(parent, previous, entry);
      guess = entry.follower;
      previous = entry;
      pos = this.#value(pos, end, entry);
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

  /** Remembers which key came where, as a guess for the next line. */
  #follow(parent: KeyEntry | null, previous: KeyEntry | null, entry: KeyEntry): void {
    if (previous !== null) previous.follower = entry;
    else if (parent !== null) parent.firstBelow = entry;
    else this.#keys.first = entry;
  }

  /** Reads `key": ` from `at` on into `#entry`; returns the position of the value or a negative code. */
  #key(at: number, end: number, parent: KeyEntry | null, guess: KeyEntry | null): number {
    const heap = this.#heap;
    let pos = at;
    if (guess !== null && hasKeyAt(guess, heap, at, end, QUOTE)) {
      this.#entry = guess;
      pos += guess.bytes.length;
    } else {
      pos = this.#lookUpKey(at, end, parent);
      if (pos < 0) return pos;
    }
    pos = skipSpace(heap, pos + 1, end);
    if (pos >= end || heap[pos] !== COLON) return MALFORMED_JSON;
    pos = skipSpace(heap, pos + 1, end);
    return pos >= end ? MALFORMED_JSON : pos;
  }

  /** Sets `#entry` for the key that begins at `at`; returns the position of its closing quote or a negative code. */
  #lookUpKey(at: number, end: number, parent: KeyEntry | null): number {
    const heap = this.#heap;
    let hash = HASH_SEED;
    let pos = at;
    let c = 0;
    while (pos < end && (c = heap[pos]) !== QUOTE && c !== BACKSLASH) {
      hash = hashByte(hash, c);
      pos++;
    }
    if (pos >= end) return MALFORMED_JSON;
    if (c === BACKSLASH) {
      pos = stringEnd(heap, pos, end);
      if (pos < 0) return MALFORMED_JSON;
      this.#entry = this.#escapedKey(at, pos, parent);
      return this.#entry === null ? MALFORMED_ESCAPE : pos;
    }
    this.#entry = this.#keys.entry(parent, heap, at, pos, hash);
    return pos;
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
      case QUOTE:
        return this.#string(at + 1, end, entry);
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

  /** A string whose content begins at `at`; returns the position after it, FOUND_ALL or MALFORMED_STRING. */
  #string(at: number, end: number, entry: KeyEntry): number {
    const heap = this.#heap;
    let close = at;
    let c = 0;
    while (close < end && (c = heap[close]) !== QUOTE && c !== BACKSLASH) close++;
    const escaped = close < end && c === BACKSLASH;
    if (escaped) close = stringEnd(heap, close, end);
    if (close < 0 || close >= end) return MALFORMED_STRING;
    if (!entry.wanted) return close + 1;
    const row = this.#row;
    const column = this.#keys.target(entry).free(row);
    if (column === null) return close + 1;
    if (escaped) writeUnescaped(column, row, heap, at, close, must(this.#arena));
    else if (this.#replacements) writeWithoutReplacement(column, row, heap, at, close, must(this.#arena));
    else column.writeSlice(row, heap, at, close);
    return --this.#missing === 0 ? FOUND_ALL : close + 1;
  }

  /** Sets a number or boolean as it stands in the line; true when nothing is missing any more. */
  #setRaw(entry: KeyEntry, start: number, end: number): boolean {
    const column = this.#keys.target(entry).free(this.#row);
    if (column === null) return false;
    column.writeSlice(this.#row, this.#heap, start, end);
    return --this.#missing === 0;
  }
}
