import { must } from '../../src/common/assert.ts';
import type { UnpackParser } from '../../planner/ir/stage.ts';
import { ByteArena } from '../batch/byte-arena.ts';
import type { MutableBatch } from '../batch/create-batch.ts';
import { TextBuilder } from '../batch/text-builder.ts';
import type { TextColumn } from '../batch/text-column.ts';
import { jsonErrorText, MALFORMED_ARRAY, MALFORMED_ESCAPE, MALFORMED_JSON, MALFORMED_OBJECT } from './json-error.ts';
import { MALFORMED_STRING, UNKNOWN_VALUE } from './json-error.ts';
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
import { HASH_SEED, hashByte } from './byte-hash.ts';
import { type KeyEntry, KeyTable } from './key-table.ts';
import { ImmediateFilters } from './immediate-filters.ts';
import { JSON_ERROR, type LineParser, Needs, readRows, setParserError } from './line-parser.ts';
import type { RowOutcome, RowReader } from './line-parser.ts';
import { writeUnescaped } from './value-writer.ts';

const ENTRY_KEY = Buffer.from('_entry');
const NOT_AN_OBJECT = 'expecting json object(6), but it is not';

type UnpackStage = Pick<UnpackParser, 'needed' | 'preserveErrors' | 'immediateFilters'>;

/** Undoes packing: string members become labels and `_entry` the line, if there is an `_entry` (fact 142). */
export function compileUnpack(stage: UnpackStage): LineParser {
  const needs = new Needs(stage.needed);
  return needs.nothing ? { parse: () => undefined } : new UnpackLineParser(needs, stage);
}

class UnpackLineParser implements LineParser, RowReader {
  readonly #keys: KeyTable;
  readonly #filters: ImmediateFilters;
  readonly #preserveErrors: boolean;
  /** Members of the current line, set once `_entry` is known to be there. */
  #entries: KeyEntry[] = [];
  #spans: number[] = [];
  readonly #key = new ByteArena();
  /** Where the current member's key is: in the line, or without its escapes in `#key`. */
  #keyHeap: Uint8Array = new Uint8Array(0);
  #keyStart = 0;
  #keyEnd = 0;
  readonly #entryText = new ByteArena();
  #hasEntry = false;
  #batch: MutableBatch | null = null;
  #line: TextColumn | null = null;
  #lines: TextBuilder | null = null;
  #details = '';

  constructor(needs: Needs, stage: UnpackStage) {
    this.#keys = new KeyTable(needs);
    this.#filters = new ImmediateFilters(stage.immediateFilters);
    this.#preserveErrors = stage.preserveErrors === true;
  }

  parse(batch: MutableBatch): void {
    this.#batch = batch;
    this.#line = must(batch.line, 'unpack stage needs lines');
    this.#lines = new TextBuilder(batch.rowCount);
    this.#keys.begin(batch);
    readRows(batch, this.#filters, this);
    this.#keys.end();
    batch.line = this.#lines.finish();
    this.#batch = null;
    this.#line = null;
    this.#lines = null;
    this.#keyHeap = this.#key.bytes;
  }

  read(row: number): RowOutcome {
    const { values, offsets } = must(this.#line);
    const start = offsets[row];
    const end = offsets[row + 1];
    const isRead = start === end || this.#read(values, start, end);
    const replaced = start < end && isRead && this.#hasEntry;
    const refused = replaced && this.#setLabels(must(this.#batch), row, values);
    const lines = must(this.#lines);
    if (replaced) lines.appendSlice(row, this.#entryText.bytes, 0, this.#entryText.size);
    else lines.appendSlice(row, values, start, end);
    if (refused) return 'Refused';
    return isRead ? 'Read' : 'Failed';
  }

  fail(row: number): void {
    setParserError(must(this.#batch).labels, row, JSON_ERROR, this.#details, this.#preserveErrors);
  }

  /** Collects the members of a line; false, with the details, when it is not an object. */
  #read(heap: Uint8Array, start: number, end: number): boolean {
    this.#entries.length = 0;
    this.#spans.length = 0;
    this.#hasEntry = false;
    if (heap[start] !== OPEN_BRACE) {
      this.#details = NOT_AN_OBJECT;
      return false;
    }
    const result = this.#object(heap, start, end);
    if (result < 0) this.#details = jsonErrorText(result);
    return result >= 0;
  }

  /** Whether an immediate filter refuses one of the labels. */
  #setLabels(batch: MutableBatch, row: number, heap: Uint8Array): boolean {
    return this.#entries.some((entry, i) => {
      const column = this.#keys.target(entry).free(row);
      if (column === null) return false;
      writeUnescaped(column, row, heap, this.#spans[2 * i], this.#spans[2 * i + 1], batch.labels.arena);
      return this.#filters.refuses(column, row);
    });
  }

  #object(heap: Uint8Array, at: number, end: number): number {
    let pos = skipSpace(heap, at + 1, end);
    if (pos >= end) return MALFORMED_JSON;
    while (heap[pos] === QUOTE) {
      pos = this.#member(heap, pos + 1, end);
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

  #member(heap: Uint8Array, at: number, end: number): number {
    const close = stringEnd(heap, at, end);
    if (close < 0) return MALFORMED_JSON;
    if (!this.#readKey(heap, at, close)) return MALFORMED_ESCAPE;
    let pos = skipSpace(heap, close + 1, end);
    if (pos >= end || heap[pos] !== COLON) return MALFORMED_JSON;
    pos = skipSpace(heap, pos + 1, end);
    if (pos >= end) return MALFORMED_JSON;
    if (heap[pos] !== QUOTE) return skipOther(heap, pos, end);
    const valueEnd = stringEnd(heap, pos + 1, end);
    if (valueEnd < 0) return MALFORMED_STRING;
    return this.#string(heap, pos + 1, valueEnd) ? valueEnd + 1 : MALFORMED_ESCAPE;
  }

  /** Takes a key, escapes resolved; false when one of them is not valid. */
  #readKey(heap: Uint8Array, start: number, end: number): boolean {
    this.#keyHeap = heap;
    this.#keyStart = start;
    this.#keyEnd = end;
    if (!heap.subarray(start, end).includes(BACKSLASH)) return true;
    this.#key.size = 0;
    if (unescapeJson(heap, start, end, this.#key) < 0) return false;
    this.#keyHeap = this.#key.bytes;
    this.#keyStart = 0;
    this.#keyEnd = this.#key.size;
    return true;
  }

  /** Keeps a string member for later; false when the packed line has an escape that is not valid. */
  #string(heap: Uint8Array, start: number, end: number): boolean {
    const keyHeap = this.#keyHeap;
    const from = this.#keyStart;
    const to = this.#keyEnd;
    if (isEntryKey(keyHeap, from, to)) {
      this.#entryText.size = 0;
      this.#hasEntry = true;
      return unescapeJson(heap, start, end, this.#entryText) >= 0;
    }
    let hash = HASH_SEED;
    for (let i = from; i < to; i++) hash = hashByte(hash, keyHeap[i]);
    const entry = this.#keys.entry(null, keyHeap, from, to, hash);
    if (entry.wanted) {
      this.#entries.push(entry);
      this.#spans.push(start, end);
    }
    return true;
  }
}

function isEntryKey(heap: Uint8Array, start: number, end: number): boolean {
  if (end - start !== ENTRY_KEY.length) return false;
  for (let i = 0; i < ENTRY_KEY.length; i++) if (heap[start + i] !== ENTRY_KEY[i]) return false;
  return true;
}

/** Position after a value that is not a string, or a negative code. */
function skipOther(heap: Uint8Array, at: number, end: number): number {
  if (heap[at] === OPEN_BRACE) {
    const close = blockEnd(heap, at, end, OPEN_BRACE, CLOSE_BRACE);
    return close < 0 ? MALFORMED_OBJECT : close;
  }
  if (heap[at] === OPEN_BRACKET) {
    const close = blockEnd(heap, at, end, OPEN_BRACKET, CLOSE_BRACKET);
    return close < 0 ? MALFORMED_ARRAY : close;
  }
  const close = tokenEnd(heap, at, end);
  return tokenKind(heap, at, close) === 'Unknown' ? UNKNOWN_VALUE : close;
}
