import {
  BACKSLASH,
  CLOSE_BRACE,
  COMMA,
  DIGIT_0,
  DIGIT_9,
  MINUS,
  OPEN_BRACE,
  QUOTE,
} from '../../../src/common/json-bytes.ts';
import type { TextColumn } from '../../batch/text-column.ts';
import type { FoundSpans } from '../found-spans.ts';
import type { ExpectedField, FieldSyntax } from './expected-field.ts';

const SPACE = 0x20;
const EQUALS = 0x3d;

interface Value {
  readonly start: number;
  readonly stop: number;
  /** What comes after the value. */
  readonly after: number;
}

/** The counterpart of FieldFinder.find: the same, said plainly. */
export function findFieldsPlain(
  syntax: FieldSyntax,
  line: TextColumn,
  selection: Uint32Array,
  fields: readonly ExpectedField[],
): FoundSpans {
  const count = selection.length;
  const wantedCount = fields.filter(({ isWanted }) => isWanted).length;
  const isFound = new Uint8Array(count);
  const spans = new Uint32Array(2 * wantedCount * count);
  for (let i = 0; i < count; i++) {
    const row = selection[i];
    const read = syntax === 'json' ? readFields : readPairs;
    const values = read(line.values, line.offsets[row], line.offsets[row + 1], fields);
    if (values === null) continue;
    isFound[i] = 1;
    for (const [w, { start, stop }] of values.entries()) spans.set([start, stop - start], 2 * (w * count + i));
  }
  return { rowCount: isFound.filter((found) => found === 1).length, isFound, spans };
}

/** The wanted values of a line that begins with these fields, without white space; null when it does not. */
function readFields(heap: Uint8Array, start: number, end: number, fields: readonly ExpectedField[]): Value[] | null {
  if (start >= end || heap[start] !== OPEN_BRACE) return null;
  const values: Value[] = [];
  let pos = start + 1;
  for (const [f, { token, isWanted }] of fields.entries()) {
    if (pos + token.length >= end || !token.every((byte, i) => heap[pos + i] === byte)) return null;
    const value = readValue(heap, pos + token.length, end, isWanted);
    if (value === null || value.after >= end) return null;
    const { after } = value;
    const closes = heap[after] === CLOSE_BRACE;
    const continues = heap[after] === COMMA && after + 1 < end && heap[after + 1] === QUOTE;
    if (!closes && !continues) return null;
    if (closes && f + 1 < fields.length) return null;
    if (isWanted) values.push(value);
    pos = after + 1;
  }
  return values;
}

/** A string or number; null when it is neither, or a wanted string with an escape or outside ASCII. */
function readValue(heap: Uint8Array, at: number, end: number, isWanted: boolean): Value | null {
  const first = heap[at];
  if (first === QUOTE) {
    for (let pos = at + 1; pos < end; pos++) {
      const c = heap[pos];
      if (c === QUOTE) return { start: at + 1, stop: pos, after: pos + 1 };
      if (isWanted && (c === BACKSLASH || c >= 0x80)) return null;
      if (c === BACKSLASH) pos++;
    }
    return null;
  }
  if (first !== MINUS && (first < DIGIT_0 || first > DIGIT_9)) return null;
  let stop = at + 1;
  while (stop < end && heap[stop] >= MINUS && heap[stop] <= DIGIT_9) stop++;
  return { start: at, stop, after: stop };
}

/** The wanted values of a line that begins with these pairs; null when it does not. */
function readPairs(heap: Uint8Array, start: number, end: number, fields: readonly ExpectedField[]): Value[] | null {
  const values: Value[] = [];
  let pos = start;
  for (const { token, isWanted } of fields) {
    while (pos < end && heap[pos] <= SPACE) pos++;
    if (pos + token.length >= end || !token.every((byte, i) => heap[pos + i] === byte)) return null;
    const value = readPairValue(heap, pos + token.length, end);
    if (value === null) return null;
    const bytes = heap.subarray(value.start, value.stop);
    if (isWanted && (bytes.length === 0 || bytes.some((byte) => byte >= 0x80))) return null;
    if (isWanted) values.push(value);
    pos = value.after;
  }
  return values;
}

/** Null for a value with an escape, without its second quote, or with a quote or `=` in it. */
function readPairValue(heap: Uint8Array, at: number, end: number): Value | null {
  let stop = at;
  if (heap[at] === QUOTE) {
    stop++;
    while (stop < end && heap[stop] !== QUOTE && heap[stop] !== BACKSLASH) stop++;
    return stop < end && heap[stop] === QUOTE ? { start: at + 1, stop, after: stop + 1 } : null;
  }
  while (stop < end && heap[stop] > SPACE) {
    if (heap[stop] === QUOTE || heap[stop] === EQUALS) return null;
    stop++;
  }
  return { start: at, stop, after: stop };
}
