import { SkaldError } from '../../src/common/errors.ts';

/** Most bytes that the stages of one batch may produce beside the lines: offsets are 32-bit and memory is shared. */
export const ARENA_BYTES_MAX = 1 << 28;

const INITIAL_BYTES = 4096;
const encoder = new TextEncoder();

/** Bytes that stages produce (unescaped values, formatted labels), appended one after another. */
export class ByteArena {
  /** Replaced when it grows: read it anew after every append. */
  bytes: Uint8Array = new Uint8Array(0);
  size = 0;
  readonly #sizeMax: number;

  constructor(sizeMax = ARENA_BYTES_MAX) {
    this.#sizeMax = sizeMax;
  }

  /** Copies `source[start .. end)` and returns where the copy begins. */
  append(source: Uint8Array, start: number, end: number): number {
    const at = this.reserve(end - start);
    const target = this.bytes;
    if (end - start > 32) {
      target.set(source.subarray(start, end), at);
    } else {
      for (let i = start, j = at; i < end; i++, j++) target[j] = source[i];
    }
    this.size = at + end - start;
    return at;
  }

  appendText(text: string): number {
    const at = this.reserve(text.length * 3);
    this.size = at + encoder.encodeInto(text, this.bytes.subarray(at)).written;
    return at;
  }

  /** Makes room for `byteCount` more bytes and returns where they would begin; the caller moves `size`. */
  reserve(byteCount: number): number {
    const needed = this.size + byteCount;
    if (needed > this.bytes.length) this.#grow(needed);
    return this.size;
  }

  #grow(needed: number): void {
    if (needed > this.#sizeMax) {
      throw new SkaldError(
        'query_limit',
        `Cannot run the query: its stages make more than ${this.#sizeMax} bytes of one batch of lines`,
      );
    }
    const grown = new Uint8Array(Math.min(this.#sizeMax, Math.max(INITIAL_BYTES, needed, this.bytes.length * 2)));
    grown.set(this.bytes.subarray(0, this.size));
    this.bytes = grown;
  }
}
