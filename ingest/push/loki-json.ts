import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from '../../src/common/json-bytes.ts';
import { SkaldError } from '../../src/common/errors.ts';
import { goQuote } from '../../src/common/go-quote.ts';
import { compareUtf8, decodeUtf8 } from '../../src/common/utf8.ts';
import { NANOS_PER_SECOND } from '../timestamp.ts';
import type { EntrySink } from './entry-sink.ts';
import { JsonReader } from './json-reader.ts';
import { unescapeInPlace } from './json-text.ts';

/** Texts for values of the wrong type: those of the JSON library that Loki reads streams with. */
const NOT_STRING = "Value is string, but can't find closing '\"' symbol";
const NOT_OBJECT = "Value looks like object, but can't find closing '}' symbol";
const NOT_ARRAY = "Value is array, but can't find closing ']' symbol";
const NOT_NUMBER = "Value looks like Number/Boolean/None, but can't find its end: ',' or '}' symbol";
const OVERFLOW = 'Value is number, but overflowed while parsing';

const LETTER_N = 0x6e;
const INT64_MAX_TEXT = '9223372036854775807';

/**
 * Reads a JSON push body (features section 1.1, JSON body) into the sink. Throws SkaldError `bad_request`; what the sink
 * was given up to there is to be dropped. The first value of the body counts; what comes after it is ignored.
 */
export function decodeLokiJson(body: Uint8Array, sink: EntrySink): void {
  if (body.length === 0) throw new SkaldError('bad_request', 'EOF');
  new PushReader(body, sink).read();
}

class PushReader {
  readonly #reader: JsonReader;
  readonly #bytes: Uint8Array;
  readonly #sink: EntrySink;
  /** Where in the stream object being read its labels and its entries start; -1 when it has none. */
  #labelsAt = -1;
  #valuesAt = -1;
  #isObject = false;
  #escaped = false;
  #seconds = 0;
  #nanos = 0;

  constructor(bytes: Uint8Array, sink: EntrySink) {
    this.#reader = new JsonReader(bytes);
    this.#bytes = bytes;
    this.#sink = sink;
  }

  read(): void {
    const reader = this.#reader;
    if (!reader.enterObject()) return;
    reader.prefix = 'loghttp.PushRequest.';
    let streamsRead = false;
    do {
      if (reader.readKey().toLowerCase() !== 'streams') {
        reader.skipValue();
        continue;
      }
      if (streamsRead)
        throw new SkaldError('bad_request', 'Cannot decode push request: it has "streams" twice, expected once');
      streamsRead = true;
      reader.prefix = 'loghttp.PushRequest.Streams: []loghttp.LogProtoStream: ';
      this.#readStreams();
      reader.prefix = 'loghttp.PushRequest.';
    } while (reader.nextMember());
  }

  #readStreams(): void {
    const reader = this.#reader;
    if (!reader.enterArray()) return;
    do {
      this.#locate();
      // Described before lines are moved and unescaped.
      const surroundings = reader.surroundings();
      try {
        this.#readStream();
      } catch (error) {
        if (!(error instanceof TypeMismatch)) throw error;
        throw reader.error('unmarshalerDecoder', error.message, surroundings);
      }
    } while (reader.nextItem());
  }

  /** Checks and skips a stream object, and remembers where its two values are; of a key given twice, the last. */
  #locate(): void {
    const reader = this.#reader;
    const start = reader.startOfValue();
    this.#isObject = this.#bytes[start] === OPEN_BRACE;
    this.#labelsAt = -1;
    this.#valuesAt = -1;
    if (!this.#isObject) return reader.skipValue();
    if (!reader.enterObject()) return;
    do {
      const key = reader.readKey();
      const at = reader.startOfValue();
      if (key === 'stream') this.#labelsAt = at;
      else if (key === 'values') this.#valuesAt = at;
      reader.skipValue();
    } while (reader.nextMember());
  }

  #readStream(): void {
    if (!this.#isObject) throw new TypeMismatch(NOT_OBJECT);
    this.#sink.beginStream(this.#labelsAt < 0 ? '' : this.#readLabels(this.#labelsAt));
    if (this.#valuesAt >= 0) this.#readValues(this.#valuesAt);
    this.#sink.endStream();
  }

  /** The canonical text of a label object. Values that are no strings are taken as they are written. */
  #readLabels(at: number): string {
    const bytes = this.#bytes;
    const labels = new Map<string, string>();
    this.#eachMember(at, (keyStart, keyEnd, valueStart, valueEnd) => {
      labels.set(decodeUtf8(bytes, keyStart, keyEnd), decodeUtf8(bytes, valueStart, valueEnd));
    });
    const pairs = [...labels].sort(([a], [b]) => compareUtf8(a, b));
    return `{${pairs.map(([name, value]) => `${name}=${goQuote(value)}`).join(', ')}}`;
  }

  #readValues(at: number): void {
    const bytes = this.#bytes;
    if (bytes[at] === LETTER_N) return;
    if (bytes[at] !== OPEN_BRACKET) throw new TypeMismatch(NOT_ARRAY);
    let i = this.#skipSpace(at + 1);
    while (bytes[i] !== CLOSE_BRACKET) {
      if (bytes[i] === OPEN_BRACKET) i = this.#readEntry(i);
      else if (bytes[i] === LETTER_N) i += 4;
      else throw new TypeMismatch(NOT_ARRAY);
      i = this.#skipSpace(i);
      if (bytes[i] === COMMA) i = this.#skipSpace(i + 1);
    }
  }

  /** Reads `["ns", "line", {metadata}?]`; further items are ignored. Returns the position after it. */
  #readEntry(at: number): number {
    const bytes = this.#bytes;
    let lineStart = 0;
    let lineEnd = 0;
    let item = 0;
    let i = this.#skipSpace(at + 1);
    for (; bytes[i] !== CLOSE_BRACKET; item++) {
      if (item < 2 && bytes[i] !== QUOTE) throw new TypeMismatch(NOT_STRING);
      if (item === 2 && bytes[i] !== OPEN_BRACE) throw new TypeMismatch(NOT_OBJECT);
      const end = this.#valueEnd(i);
      if (item === 0) this.#readTimestamp(i + 1, end - 1);
      else if (item === 1) {
        lineStart = i + 1;
        lineEnd = this.#escaped ? unescapeInPlace(bytes, lineStart, end - 1) : end - 1;
      } else if (item === 2) this.#readMetadata(i);
      i = this.#skipSpace(end);
      if (bytes[i] === COMMA) i = this.#skipSpace(i + 1);
    }
    if (item === 0) throw new TypeMismatch(NOT_STRING);
    this.#sink.addEntry(this.#seconds, this.#nanos, lineStart, lineEnd);
    return i + 1;
  }

  #readMetadata(at: number): void {
    this.#eachMember(at, (keyStart, keyEnd, valueStart, valueEnd) => {
      if (this.#bytes[valueStart - 1] !== QUOTE) throw new TypeMismatch(NOT_STRING);
      this.#sink.addMetadata(keyStart, keyEnd, valueStart, valueEnd);
    });
  }

  /** A decimal number of nanoseconds, without ever being more than a double can hold. */
  #readTimestamp(start: number, end: number): void {
    const bytes = this.#bytes;
    const negative = bytes[start] === 0x2d;
    let first = negative ? start + 1 : start;
    if (first >= end) throw new TypeMismatch(NOT_NUMBER);
    for (let i = first; i < end; i++) if (bytes[i] < 0x30 || bytes[i] > 0x39) throw new TypeMismatch(NOT_NUMBER);
    while (first < end - 1 && bytes[first] === 0x30) first++;
    const digits = end - first;
    if (digits > INT64_MAX_TEXT.length) throw new TypeMismatch(OVERFLOW);
    if (digits === INT64_MAX_TEXT.length && decodeUtf8(bytes, first, end) > INT64_MAX_TEXT)
      throw new TypeMismatch(OVERFLOW);
    const split = Math.max(first, end - 9);
    let seconds = 0;
    let nanos = 0;
    for (let i = first; i < split; i++) seconds = 10 * seconds + bytes[i] - 0x30;
    for (let i = split; i < end; i++) nanos = 10 * nanos + bytes[i] - 0x30;
    if (negative) {
      seconds = nanos === 0 ? -seconds : -seconds - 1;
      nanos = nanos === 0 ? 0 : NANOS_PER_SECOND - nanos;
    }
    this.#seconds = seconds;
    this.#nanos = nanos;
  }

  /**
   * Visits the members of the object at `at`: unescaped key, and value; of a string what is between its quotes, of
   * anything else its text.
   */
  #eachMember(
    at: number,
    visit: (keyStart: number, keyEnd: number, valueStart: number, valueEnd: number) => void,
  ): void {
    const bytes = this.#bytes;
    if (bytes[at] !== OPEN_BRACE) throw new TypeMismatch(NOT_OBJECT);
    let i = this.#skipSpace(at + 1);
    while (bytes[i] !== CLOSE_BRACE) {
      const keyStart = i + 1;
      let end = this.#valueEnd(i);
      const keyEnd = this.#escaped ? unescapeInPlace(bytes, keyStart, end - 1) : end - 1;
      // The colon.
      i = this.#skipSpace(this.#skipSpace(end) + 1);
      end = this.#valueEnd(i);
      if (bytes[i] !== QUOTE) visit(keyStart, keyEnd, i, end);
      else visit(keyStart, keyEnd, i + 1, this.#escaped ? unescapeInPlace(bytes, i + 1, end - 1) : end - 1);
      i = this.#skipSpace(end);
      if (bytes[i] === COMMA) i = this.#skipSpace(i + 1);
    }
  }

  #skipSpace(at: number): number {
    let i = at;
    while (this.#bytes[i] <= 0x20) i++;
    return i;
  }

  /** The position after the valid value at `at`. Of a string, `#escaped` says whether it has escapes. */
  #valueEnd(at: number): number {
    const bytes = this.#bytes;
    let i = at;
    if (bytes[i] === QUOTE) {
      this.#escaped = false;
      for (i++; bytes[i] !== QUOTE; i++) {
        if (bytes[i] !== BACKSLASH) continue;
        this.#escaped = true;
        i++;
      }
      return i + 1;
    }
    if (bytes[i] !== OPEN_BRACE && bytes[i] !== OPEN_BRACKET) {
      while (bytes[i] > 0x20 && bytes[i] !== COMMA && bytes[i] !== CLOSE_BRACE && bytes[i] !== CLOSE_BRACKET) i++;
      return i;
    }
    let depth = 0;
    for (;;) {
      const byte = bytes[i];
      if (byte === QUOTE) i = this.#valueEnd(i);
      else {
        if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
        else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
        i++;
        if (depth === 0) return i;
      }
    }
  }
}

/** A value of the wrong type in a stream that is valid JSON. */
class TypeMismatch extends Error {}
