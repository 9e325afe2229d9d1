import { decodeUtf8 } from './utf8.ts';

const UNLIMITED = 2 ** 31 - 1;
const FIRST_COUNT = 32;

/**
 * Gives byte strings small numbers: equal bytes, equal number, in order of first occurrence. A string that is there
 * again costs no allocation, and an interner that is not used costs no memory.
 */
export class ByteInterner {
  readonly #limit: number;
  /** Per slot: number + 1, or 0. A power of two long, at least twice as many as strings. */
  #slots = new Int32Array(0);
  #hashes = new Int32Array(0);
  /** String i is `#bytes[#offsets[i] .. #offsets[i + 1])`. */
  #offsets = new Uint32Array(1);
  #bytes = new Uint8Array(0);
  #count = 0;

  /** Holds at most `limit` strings. */
  constructor(limit = UNLIMITED) {
    this.#limit = limit;
  }

  get count(): number {
    return this.#count;
  }

  /** Memory held. */
  get sizeBytes(): number {
    return this.#bytes.length + 4 * (this.#slots.length + this.#hashes.length + this.#offsets.length);
  }

  /** The number of `source[start .. end)`, new if it equals the count before; -1 when it would be above the limit. */
  intern(source: Uint8Array, start: number, end: number): number {
    if (this.#count * 2 >= this.#slots.length && this.#count < this.#limit) this.#grow();
    const hash = hashBytes(source, start, end);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot] - 1;
      if (number < 0) return this.#count < this.#limit ? this.#add(slot, hash, source, start, end) : -1;
      if (this.#hashes[number] === hash && this.#equals(number, source, start, end)) return number;
    }
  }

  /** String `number` as text; invalid UTF-8 becomes U+FFFD. */
  textOf(number: number): string {
    return decodeUtf8(this.#bytes, this.#offsets[number], this.#offsets[number + 1]);
  }

  /** String `number` is `bytes[offsets[number] .. offsets[number + 1])`. Views that later strings are not in. */
  packed(): { readonly offsets: Uint32Array; readonly bytes: Uint8Array } {
    const offsets = this.#offsets.subarray(0, this.#count + 1);
    return { offsets, bytes: this.#bytes.subarray(0, offsets[this.#count]) };
  }

  /** All strings by number. */
  values(): string[] {
    return Array.from({ length: this.#count }, (_, number) => this.textOf(number));
  }

  #equals(number: number, source: Uint8Array, start: number, end: number): boolean {
    const from = this.#offsets[number];
    if (this.#offsets[number + 1] - from !== end - start) return false;
    const bytes = this.#bytes;
    for (let i = start, k = from; i < end; i++, k++) if (source[i] !== bytes[k]) return false;
    return true;
  }

  #add(slot: number, hash: number, source: Uint8Array, start: number, end: number): number {
    const number = this.#count++;
    const from = this.#offsets[number];
    const to = from + end - start;
    if (to > this.#bytes.length) this.#bytes = grown(this.#bytes, new Uint8Array(Math.max(to, 1024, from * 2)));
    this.#bytes.set(source.subarray(start, end), from);
    this.#offsets[number + 1] = to;
    this.#hashes[number] = hash;
    this.#slots[slot] = number + 1;
    return number;
  }

  #grow(): void {
    const capacity = Math.max(FIRST_COUNT, this.#hashes.length * 2);
    this.#hashes = grown(this.#hashes, new Int32Array(capacity));
    this.#offsets = grown(this.#offsets, new Uint32Array(capacity + 1));
    this.#slots = new Int32Array(capacity * 2);
    const mask = this.#slots.length - 1;
    for (let number = 0; number < this.#count; number++) {
      let slot = this.#hashes[number] & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = number + 1;
    }
  }
}

function grown<T extends Uint8Array | Int32Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

const PRIME = 0x9e3779b1 | 0;

/** Four bytes a step, as label texts are long; the final mix lets the low bits depend on all of them. */
function hashBytes(source: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const word = source[i] | (source[i + 1] << 8) | (source[i + 2] << 16) | (source[i + 3] << 24);
    hash = Math.imul(hash ^ word, PRIME);
    hash ^= hash >>> 15;
  }
  for (; i < end; i++) hash = Math.imul(hash ^ source[i], PRIME);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
