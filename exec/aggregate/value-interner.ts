import { ByteInterner } from '../../src/common/byte-interner.ts';

/** Values of so many bytes fit into two words with their length: status codes, levels, methods, short identifiers. */
const SHORT_BYTES = 7;
const WORD_BYTES = 4;
const LENGTH_SHIFT = 24;
const SLOT_SHIFT = 2;
const SLOT_WORDS = 1 << SLOT_SHIFT;
const FIRST_SLOTS = 64;

/**
 * Numbers label values as a ByteInterner does, and finds short ones by their bytes as two words: a look-up touches one
 * line of the cache, whereas the interner's reads a slot, a hash, two offsets and the bytes.
 */
export class ValueInterner {
  readonly #values = new ByteInterner();
  /** Per slot: the two words of a value, its number + 1 or 0, nothing. A power of two of slots, at least twice as many as values. */
  #slots = new Int32Array(FIRST_SLOTS * SLOT_WORDS);
  #shortCount = 0;

  get sizeBytes(): number {
    return this.#values.sizeBytes + this.#slots.byteLength;
  }

  intern(heap: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length > SHORT_BYTES) return this.#values.intern(heap, start, end);
    let low = 0;
    let high = length << LENGTH_SHIFT;
    if (length >= WORD_BYTES) {
      low = heap[start] | (heap[start + 1] << 8) | (heap[start + 2] << 16) | (heap[start + 3] << 24);
      for (let i = WORD_BYTES; i < length; i++) high |= heap[start + i] << ((i - WORD_BYTES) * 8);
    } else {
      for (let i = 0; i < length; i++) low |= heap[start + i] << (i * 8);
    }
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let at = slotOf(low, high, mask); ; at = (at + SLOT_WORDS) & mask) {
      const number = slots[at + 2] - 1;
      if (number < 0) return this.#add(at, low, high, heap, start, end);
      if (slots[at] === low && slots[at + 1] === high) return number;
    }
  }

  #add(at: number, low: number, high: number, heap: Uint8Array, start: number, end: number): number {
    const number = this.#values.intern(heap, start, end);
    this.#slots[at] = low;
    this.#slots[at + 1] = high;
    this.#slots[at + 2] = number + 1;
    this.#shortCount += 1;
    if (this.#shortCount * SLOT_WORDS * 2 > this.#slots.length) this.#grow();
    return number;
  }

  #grow(): void {
    const before = this.#slots;
    const slots = new Int32Array(before.length * 2);
    const mask = slots.length - 1;
    for (let from = 0; from < before.length; from += SLOT_WORDS) {
      if (before[from + 2] === 0) continue;
      let at = slotOf(before[from], before[from + 1], mask);
      while (slots[at + 2] !== 0) at = (at + SLOT_WORDS) & mask;
      for (let k = 0; k < SLOT_WORDS - 1; k++) slots[at + k] = before[from + k];
    }
    this.#slots = slots;
  }
}

/** Where the slot begins that a value should be in. */
function slotOf(low: number, high: number, mask: number): number {
  let hash = Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) << SLOT_SHIFT) & mask;
}
