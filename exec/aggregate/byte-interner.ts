const FIRST_SLOTS = 64;

/** Numbers byte strings: equal bytes get equal numbers, counted up from 0. No JavaScript string is made. */
export class ByteInterner {
  /** Per slot: id + 1, or 0. A power of two long. */
  #slots = new Int32Array(FIRST_SLOTS);
  #hashes = new Int32Array(FIRST_SLOTS / 2);
  #starts = new Uint32Array(FIRST_SLOTS / 2 + 1);
  #bytes = new Uint8Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Bytes held. */
  get sizeBytes(): number {
    return this.#bytes.length + (this.#slots.length + this.#hashes.length + this.#starts.length) * 4;
  }

  /** Number of `heap[start .. end)`. */
  intern(heap: Uint8Array, start: number, end: number): number {
    const hash = hashBytes(heap, start, end);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot] - 1;
      if (id < 0) return this.#add(heap, start, end, hash, slot);
      if (this.#hashes[id] === hash && this.#equals(id, heap, start, end)) return id;
    }
  }

  #equals(id: number, heap: Uint8Array, start: number, end: number): boolean {
    const from = this.#starts[id];
    if (this.#starts[id + 1] - from !== end - start) return false;
    for (let i = start, k = from; i < end; i++, k++) if (heap[i] !== this.#bytes[k]) return false;
    return true;
  }

  #add(heap: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const id = this.#size++;
    const from = this.#starts[id];
    const to = from + end - start;
    if (to > this.#bytes.length) this.#bytes = grown(this.#bytes, new Uint8Array(Math.max(to, this.#bytes.length * 2)));
    this.#bytes.set(heap.subarray(start, end), from);
    this.#starts[id + 1] = to;
    this.#hashes[id] = hash;
    this.#slots[slot] = id + 1;
    if (this.#size >= this.#hashes.length) this.#grow();
    return id;
  }

  #grow(): void {
    const length = this.#slots.length * 2;
    this.#hashes = grown(this.#hashes, new Int32Array(length / 2));
    this.#starts = grown(this.#starts, new Uint32Array(length / 2 + 1));
    this.#slots = new Int32Array(length);
    for (let id = 0; id < this.#size; id++) {
      let slot = this.#hashes[id] & (length - 1);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & (length - 1);
      this.#slots[slot] = id + 1;
    }
  }
}

function grown<T extends Uint8Array | Int32Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** FNV-1a with a final mix, so that the low bits depend on all bytes. */
function hashBytes(heap: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ heap[i], 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
