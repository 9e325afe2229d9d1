/** Gives byte strings small numbers: equal bytes, equal number, in order of first occurrence. Holds at most `limit`. */
export class ByteInterner {
  readonly #limit: number;
  #slots = new Int32Array(64).fill(-1);
  #hashes = new Uint32Array(32);
  #offsets = new Uint32Array(33);
  #bytes = new Uint8Array(1024);
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get count(): number {
    return this.#count;
  }

  /** The number of `source[start .. end)`, or -1 when it would be one more than the limit. */
  intern(source: Uint8Array, start: number, end: number): number {
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ source[i], 0x01000193);
    hash = (hash ^ (hash >>> 15)) >>> 0;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (; ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot];
      if (number < 0) break;
      if (this.#hashes[number] === hash && this.#equals(number, source, start, end)) return number;
    }
    return this.#count < this.#limit ? this.#add(slot, hash, source, start, end) : -1;
  }

  /** All values by number. */
  values(): string[] {
    const bytes = Buffer.from(this.#bytes.buffer);
    return Array.from({ length: this.#count }, (_, i) =>
      bytes.toString('utf8', this.#offsets[i], this.#offsets[i + 1]),
    );
  }

  #equals(number: number, source: Uint8Array, start: number, end: number): boolean {
    const from = this.#offsets[number];
    const length = end - start;
    if (this.#offsets[number + 1] - from !== length) return false;
    for (let i = 0; i < length; i++) if (this.#bytes[from + i] !== source[start + i]) return false;
    return true;
  }

  #add(slot: number, hash: number, source: Uint8Array, start: number, end: number): number {
    const number = this.#count++;
    const from = this.#offsets[number];
    const to = from + end - start;
    if (number === this.#hashes.length) this.#hashes = grown(this.#hashes, number * 2);
    if (number + 1 === this.#offsets.length) this.#offsets = grown(this.#offsets, (number + 1) * 2);
    if (to > this.#bytes.length) {
      const bytes = new Uint8Array(Math.max(to, this.#bytes.length * 2));
      bytes.set(this.#bytes);
      this.#bytes = bytes;
    }
    this.#bytes.set(source.subarray(start, end), from);
    this.#hashes[number] = hash;
    this.#offsets[number + 1] = to;
    this.#slots[slot] = number;
    if (this.#count * 2 > this.#slots.length) this.#rehash();
    return number;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let number = 0; number < this.#count; number++) {
      let slot = this.#hashes[number] & mask;
      while (slots[slot] >= 0) slot = (slot + 1) & mask;
      slots[slot] = number;
    }
    this.#slots = slots;
  }
}

function grown(items: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(length);
  larger.set(items);
  return larger;
}
