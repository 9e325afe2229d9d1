import { SkaldError } from '../../src/common/errors.ts';
import { NANOS_PER_SECOND, SECONDS_MAX, SECONDS_MIN } from '../timestamp.ts';
import type { EntrySink } from './entry-sink.ts';

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Bytes of a stream's label text. */
export const LABELS_LENGTH_MAX = 16 * 2 ** 20;

/**
 * Reads a Loki PushRequest (features section 1.1, protobuf schema) into the sink. Unknown fields are skipped, of a field
 * that is given twice the last counts. Throws SkaldError `bad_request` for bytes that are no PushRequest; what the sink
 * was given up to there is to be dropped.
 */
export function decodeLokiProto(body: Uint8Array, sink: EntrySink): void {
  new PushRequestReader(body, sink).read();
}

class PushRequestReader {
  readonly #bytes: Uint8Array;
  readonly #sink: EntrySink;
  #at = 0;
  /** The submessage or string that `#enter` has found. */
  #start = 0;
  #end = 0;
  #seconds = 0;
  #nanos = 0;

  constructor(bytes: Uint8Array, sink: EntrySink) {
    this.#bytes = bytes;
    this.#sink = sink;
  }

  read(): void {
    const end = this.#bytes.length;
    while (this.#at < end) {
      const tag = this.#tag(end);
      if (tag >>> 3 !== 1) {
        this.#skip(tag, end);
        continue;
      }
      this.#enter(tag, end);
      this.#readStream(this.#start, this.#end);
    }
  }

  /** Reads the stream in two passes, because its labels may stand after its entries. */
  #readStream(start: number, end: number): void {
    let labelsStart = end;
    let labelsEnd = end;
    this.#at = start;
    while (this.#at < end) {
      const tag = this.#tag(end);
      if (tag >>> 3 === 1) {
        this.#enter(tag, end);
        labelsStart = this.#start;
        labelsEnd = this.#end;
        this.#at = labelsEnd;
      } else this.#skip(tag, end);
    }
    if (labelsEnd - labelsStart > LABELS_LENGTH_MAX) {
      const message = `Cannot store stream: its labels have ${labelsEnd - labelsStart} bytes, expected at most ${LABELS_LENGTH_MAX}`;
      throw new SkaldError('too_large', message);
    }
    this.#sink.beginStreamAt(labelsStart, labelsEnd);
    this.#at = start;
    while (this.#at < end) {
      const tag = this.#tag(end);
      if (tag >>> 3 === 2) {
        this.#enter(tag, end);
        this.#readEntry(this.#start, this.#end);
      } else this.#skip(tag, end);
    }
    this.#sink.endStream();
  }

  #readEntry(start: number, end: number): void {
    let lineStart = end;
    let lineEnd = end;
    this.#seconds = 0;
    this.#nanos = 0;
    this.#at = start;
    while (this.#at < end) {
      const tag = this.#tag(end);
      const field = tag >>> 3;
      if (field === 0 || field > 3) {
        this.#skip(tag, end);
        continue;
      }
      this.#enter(tag, end);
      const fieldEnd = this.#end;
      if (field === 1) this.#readTimestamp(this.#start, fieldEnd);
      else if (field === 3) this.#readPair(this.#start, fieldEnd);
      else {
        lineStart = this.#start;
        lineEnd = fieldEnd;
      }
      this.#at = fieldEnd;
    }
    this.#sink.addEntry(this.#seconds, this.#nanos, lineStart, lineEnd);
  }

  /** Times that 64-bit nanoseconds cannot hold become the last that they can. */
  #readTimestamp(start: number, end: number): void {
    this.#at = start;
    while (this.#at < end) {
      const tag = this.#tag(end);
      if (tag >>> 3 > 2 || (tag & 7) !== VARINT) {
        this.#skip(tag, end);
        continue;
      }
      const value = this.#varint(end);
      if (tag >>> 3 === 1) this.#seconds = Math.min(SECONDS_MAX, Math.max(SECONDS_MIN, value));
      else if (value >= 0 && value < NANOS_PER_SECOND) this.#nanos = value;
      else this.#refuse(`nanoseconds of a timestamp are ${value}`, 'a value from 0 to 999999999');
    }
  }

  #readPair(start: number, end: number): void {
    let nameStart = end;
    let nameEnd = end;
    let valueStart = end;
    let valueEnd = end;
    this.#at = start;
    while (this.#at < end) {
      const tag = this.#tag(end);
      const field = tag >>> 3;
      if (field !== 1 && field !== 2) {
        this.#skip(tag, end);
        continue;
      }
      this.#enter(tag, end);
      if (field === 1) {
        nameStart = this.#start;
        nameEnd = this.#end;
      } else {
        valueStart = this.#start;
        valueEnd = this.#end;
      }
      this.#at = this.#end;
    }
    this.#sink.addMetadata(nameStart, nameEnd, valueStart, valueEnd);
  }

  #tag(end: number): number {
    const tag = this.#varint(end);
    if (tag < 8 || tag > 0xffffffff) this.#refuse(`field tag is ${tag}`, 'a field number from 1 to 536870911');
    return tag;
  }

  /** Reads the length of a submessage or string and sets `#start` and `#end` to what it covers. */
  #enter(tag: number, end: number): void {
    if ((tag & 7) !== BYTES) this.#refuse(`field ${tag >>> 3} has wire type ${tag & 7}`, 'wire type 2');
    const length = this.#varint(end);
    const start = this.#at;
    if (length < 0 || length > end - start) {
      this.#refuse(`field ${tag >>> 3} has ${length} bytes`, `at most ${end - start}`);
    }
    this.#start = start;
    this.#end = start + length;
  }

  #skip(tag: number, end: number): void {
    switch (tag & 7) {
      case VARINT:
        this.#varint(end);
        return;
      case BYTES:
        this.#enter(tag, end);
        this.#at = this.#end;
        return;
      case FIXED64:
      case FIXED32: {
        const length = (tag & 7) === FIXED64 ? 8 : 4;
        if (length > end - this.#at) this.#refuse(`field ${tag >>> 3} has ${end - this.#at} bytes`, `${length} bytes`);
        this.#at += length;
        return;
      }
      default:
        this.#refuse(`field ${tag >>> 3} has wire type ${tag & 7}`, 'wire type 0, 1, 2 or 5');
    }
  }

  /** A varint as signed 64-bit integer; beyond 2^53 it is near the true value, which only out-of-range values are. */
  #varint(end: number): number {
    const at = this.#at;
    if (at < end) {
      const first = this.#bytes[at];
      if (first < 0x80) {
        this.#at = at + 1;
        return first;
      }
    }
    return this.#longVarint(end);
  }

  /** In three parts of 28, 28 and 8 bits, each exact; the last has the sign. */
  #longVarint(end: number): number {
    let low = 0;
    let middle = 0;
    let high = 0;
    for (let i = 0; i < 10; i++) {
      if (this.#at >= end) this.#refuse('a number is cut off', 'more bytes');
      const byte = this.#bytes[this.#at++];
      if (i < 4) low += (byte & 0x7f) << (7 * i);
      else if (i < 8) middle += (byte & 0x7f) << (7 * (i - 4));
      else high |= i === 8 ? byte & 0x7f : (byte & 1) << 7;
      if (byte < 0x80) return (((high << 24) >> 24) * 2 ** 28 + middle) * 2 ** 28 + low;
    }
    return this.#refuse('a number has more than 10 bytes', 'at most 10');
  }

  #refuse(state: string, expected: string): never {
    throw new SkaldError(
      'bad_request',
      `Cannot decode push request: at byte ${this.#at} of ${this.#bytes.length} ${state}, expected ${expected}`,
    );
  }
}
