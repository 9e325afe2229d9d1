import { decodeUtf8 } from '../src/common/utf8.ts';

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Numbers byte strings in the order in which they are first seen; a string that is there again costs no allocation. */
export class ByteInterner {
  #slots = new Int32Array(64).fill(-1);
  #hashes = new Int32Array(32);
  /** String i is `#bytes[#ends[i - 1] .. #ends[i])`. */
  #ends = new Int32Array(32);
  #bytes = new Uint8Array(1024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The number of `bytes[start, end)`. It is new when it equals the count before the call. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    let hash = FNV_OFFSET;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], FNV_PRIME);
    // The low bits of FNV mix worst.
    hash ^= hash >>> 15;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const id = this.#slots[slot];
      if (id < 0) break;
      if (this.#hashes[id] === hash && this.#equals(id, bytes, start, end)) return id;
      slot = (slot + 1) & mask;
    }
    return this.#add(hash, bytes, start, end);
  }

  /** String `id` as text; invalid UTF-8 becomes U+FFFD. */
  textOf(id: number): string {
    return decodeUtf8(this.#bytes, this.#startOf(id), this.#ends[id]);
  }

  #startOf(id: number): number {
    return id === 0 ? 0 : this.#ends[id - 1];
  }

  #equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const at = this.#startOf(id);
    if (this.#ends[id] - at !== end - start) return false;
    for (let i = 0; i < end - start; i++) if (this.#bytes[at + i] !== bytes[start + i]) return false;
    return true;
  }

  #add(hash: number, bytes: Uint8Array, start: number, end: number): number {
    const id = this.#count;
    const at = this.#startOf(id);
    const length = at + end - start;
    if (id === this.#ends.length) this.#growStrings();
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes.subarray(start, end), at);
    this.#ends[id] = length;
    this.#hashes[id] = hash;
    this.#count = id + 1;
    if (2 * this.#count > this.#slots.length) this.#rehash();
    else this.#place(id);
    return id;
  }

  #growStrings(): void {
    const ends = new Int32Array(2 * this.#ends.length);
    ends.set(this.#ends);
    this.#ends = ends;
    const hashes = new Int32Array(ends.length);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
  }

  #rehash(): void {
    this.#slots = new Int32Array(2 * this.#slots.length).fill(-1);
    for (let id = 0; id < this.#count; id++) this.#place(id);
  }

  #place(id: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#hashes[id] & mask;
    while (this.#slots[slot] >= 0) slot = (slot + 1) & mask;
    this.#slots[slot] = id;
  }
}
