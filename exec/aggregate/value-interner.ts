import { ByteInterner } from '../../src/common/byte-interner.ts';

/** Values of so many bytes fit into a word: status codes, levels, methods. */
const SHORT_BYTES = 4;
const SLOTS = 256;
const SLOT_SHIFT = 24;
const PRIME = 0x9e3779b1 | 0;

/** Numbers label values as a ByteInterner does, and remembers the numbers of short ones by their bytes as one word. */
export class ValueInterner {
  readonly #values = new ByteInterner();
  readonly #words = new Int32Array(SLOTS);
  /** 0 where nothing is remembered. */
  readonly #lengths = new Uint8Array(SLOTS);
  readonly #numbers = new Uint32Array(SLOTS);

  get sizeBytes(): number {
    return this.#values.sizeBytes + SLOTS * 9;
  }

  intern(heap: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length === 0 || length > SHORT_BYTES) return this.#values.intern(heap, start, end);
    let word = heap[start];
    for (let i = 1; i < length; i++) word |= heap[start + i] << (i * 8);
    const slot = Math.imul(word, PRIME) >>> SLOT_SHIFT;
    if (this.#lengths[slot] === length && this.#words[slot] === word) return this.#numbers[slot];
    const number = this.#values.intern(heap, start, end);
    this.#words[slot] = word;
    this.#lengths[slot] = length;
    this.#numbers[slot] = number;
    return number;
  }
}
