import { must } from '../../src/common/assert.ts';
import type { JsonParser } from '../../planner/ir/stage.ts';
import type { ByteArena } from '../batch/byte-arena.ts';
import type { MutableBatch } from '../batch/create-batch.ts';
import type { LabelColumn } from '../batch/label-column.ts';
import { jsonErrorText, MALFORMED_ARRAY, MALFORMED_JSON, MALFORMED_OBJECT, MALFORMED_STRING } from './json-error.ts';
import { MALFORMED_ESCAPE, UNKNOWN_VALUE } from './json-error.ts';
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  DIGIT_0,
  DIGIT_9,
  MINUS,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipSpace,
} from '../../src/common/json-bytes.ts';
import { blockEnd, stringEnd, tokenEnd, tokenKind, unescapeJson, usualValueEnd } from './json-text.ts';
import { HASH_SEED, hashByte } from './byte-hash.ts';
import { hasTokenAt, hasKeyAt, type KeyEntry, KeyTable } from './key-table.ts';
import { ImmediateFilters } from './immediate-filters.ts';
import { AlreadyParsed, JSON_ERROR, type LineParser, Needs, type RowOutcome, setParserError } from './line-parser.ts';
import { type LineReader, UsualFields } from './usual-fields.ts';
import { writeUnescaped, writeWithoutReplacement } from './value-writer.ts';

/** Objects nested deeper than this are skipped like arrays. */
export const JSON_DEPTH_MAX = 256;

/** Every needed label has a value: the rest of the line is not read (fact 47). */
const FOUND_ALL = -1;
/** An immediate filter refuses the label that was just set: the row goes, whatever the rest of the line is (fact 48). */
const REFUSED = -100;

/** A json parser without expressions: all leaves of an object, nested names joined with `_` (facts 126 to 130). */
export function compileJson(stage: JsonStage): LineParser {
  const needs = new Needs(stage.needed, stage.wholeLine);
  return needs.nothing ? { parse: () => undefined } : new JsonLineParser(needs, stage);
}

type JsonStage = Pick<JsonParser, 'needed' | 'wholeLine' | 'preserveErrors' | 'immediateFilters'>;

class JsonLineParser implements LineParser, LineReader {
  readonly #needs: Needs;
  readonly #keys: KeyTable;
  readonly #usual: UsualFields;
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
  /** The key that should come next. */
  #guess: KeyEntry | null = null;
  #missing = 0;
  /** Labels after which a line is done: one that begins with a brace, and any other. */
  #soundCount = 0;
  #count = 0;
  #depth = 0;
  #replacements = false;

  constructor(needs: Needs, stage: JsonStage) {
    this.#needs = needs;
    this.#keys = new KeyTable(needs);
    this.#preserveErrors = stage.preserveErrors === true;
    this.#filters = new ImmediateFilters(stage.immediateFilters);
    this.#usual = new UsualFields('json', this.#keys, this.#filters);
  }

  parse(batch: MutableBatch): void {
    const line = must(batch.line, 'json stage needs lines');
    if (batch.selectedCount === 0) return;
    this.#batch = batch;
    this.#already = new AlreadyParsed(batch, this.#needs);
    this.#count = this.#needs.count;
    const isSound = line.soundJson === true && !this.#already.hasErrorLabels;
    this.#soundCount = isSound ? this.#needs.countWithoutErrors : this.#count;
    this.#heap = line.values;
    this.#offsets = line.offsets;
    this.#arena = batch.labels.arena;
    this.#keys.begin(batch);
    this.#usual.read({ batch, line, isNone: this.#already.isNone, count: this.#soundCount }, this);
    this.#keys.end();
    this.#batch = null;
    this.#arena = null;
  }

  beginLines(hasReplacement: boolean): void {
    this.#replacements = hasReplacement;
  }

  read(row: number): RowOutcome {
    this.#row = row;
    this.#depth = 0;
    const start = this.#offsets[row];
    const end = this.#offsets[row + 1];
    const count = start < end && this.#heap[start] === OPEN_BRACE ? this.#soundCount : this.#count;
    this.#missing = count - (this.#already as AlreadyParsed).count(row);
    if (this.#missing <= 0) return 'Read';
    this.#result = this.#object(start, end, null);
    if (this.#result >= FOUND_ALL) return 'Read';
    return this.#result === REFUSED ? 'Refused' : 'Failed';
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
    this.#guess = parent === null ? this.#keys.first : parent.firstBelow;
    let previous: KeyEntry | null = null;
    while (heap[pos] === QUOTE) {
      if (this.#guess !== null) {
        pos = this.#usualFields(pos, end, this.#guess, previous);
        if (pos < 0 || heap[pos] === CLOSE_BRACE) break;
        previous = this.#entry;
      }
      pos = this.#key(pos + 1, end, parent, this.#guess);
      if (pos < 0) return pos;
      const entry = this.#entry as KeyEntry;
      if (entry !== this.#guess && entry.isPlain) this.#follow(parent, previous, entry);
      previous = entry;
      pos = this.#value(pos, end, entry);
      this.#guess = entry.follower;
      if (pos < 0) return pos;
      pos = skipSpace(heap, pos, end);
      if (pos >= end) return MALFORMED_ARRAY;
      if (heap[pos] === CLOSE_BRACE) return pos + 1;
      if (heap[pos] !== COMMA) return MALFORMED_OBJECT;
      pos = skipSpace(heap, pos + 1, end);
      if (pos >= end) return MALFORMED_ARRAY;
    }
    if (pos < 0) return pos;
    return heap[pos] === CLOSE_BRACE ? pos + 1 : MALFORMED_OBJECT;
  }

  /**
   * Reads fields from the quote at `at` on, as long as they are like those of the lines before: the keys are those that
   * were guessed, without white space, and no value needs a closer look. Returns the position of the first field that is
   * not, of which nothing is set, or of the brace that closes the object, or a negative code. `#entry` is then the last
   * field that was read (`previous` if there is none), and `#guess` the key that should come next.
   */
  #usualFields(at: number, end: number, guess: KeyEntry, previous: KeyEntry | null): number {
    const heap = this.#heap;
    let pos = at;
    let last = previous;
    let entry: KeyEntry | null = guess;
    while (entry !== null && hasTokenAt(entry.token, heap, pos, end)) {
      let start = pos + entry.token.length;
      let stop = start + 1;
      let after: number;
      let c = heap[start];
      if (c === QUOTE) {
        while (stop < end && (c = heap[stop]) !== QUOTE && c !== BACKSLASH) stop++;
        if (c === BACKSLASH || (entry.wanted && this.#replacements)) {
          if (entry.wanted) break;
          stop = stringEnd(heap, stop, end);
          if (stop < 0) break;
        }
        start++;
        after = stop + 1;
      } else if ((c >= DIGIT_0 && c <= DIGIT_9) || c === MINUS) {
        while (stop < end && (c = heap[stop]) >= MINUS && c <= DIGIT_9) stop++;
        after = stop;
      } else {
        after = entry.wanted ? -1 : usualValueEnd(heap, start, end, entry.wantedBelow);
        if (after < 0) break;
      }
      if (after >= end) break;
      c = heap[after];
      if (c !== CLOSE_BRACE && !(c === COMMA && after + 1 < end && heap[after + 1] === QUOTE)) break;
      const code: number = entry.wanted ? this.#set(entry, start, stop) : 0;
      if (code < 0 || c === CLOSE_BRACE) return code < 0 ? code : after;
      last = entry;
      entry = entry.follower;
      pos = after + 1;
    }
    this.#entry = last;
    this.#guess = entry;
    return pos;
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
        const code = this.#set(entry, at, close);
        return code < 0 ? code : close;
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
    const code = this.#isSet(column);
    return code < 0 ? code : close + 1;
  }

  /** Sets a value as it stands in the line, if the row has none; returns FOUND_ALL, REFUSED or 0. */
  #set(entry: KeyEntry, start: number, end: number): number {
    const row = this.#row;
    const column = this.#keys.target(entry).any(row);
    if (column === null || !column.writeFreeSlice(row, this.#heap, start, end)) return 0;
    return this.#isSet(column);
  }

  /** After a label of the row was set: FOUND_ALL, REFUSED or 0. */
  #isSet(column: LabelColumn): number {
    if (this.#filters.isAny && this.#filters.refuses(column, this.#row)) return REFUSED;
    return --this.#missing === 0 ? FOUND_ALL : 0;
  }
}
