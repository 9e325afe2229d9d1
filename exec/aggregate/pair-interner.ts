const FIRST_SLOTS = 64;

/** Numbers pairs of non-negative integers: equal pairs get equal numbers, counted up from 0. */
export class PairInterner {
  #slots = new Int32Array(FIRST_SLOTS);
  #lefts = new Uint32Array(FIRST_SLOTS / 2);
  #rights = new Uint32Array(FIRST_SLOTS / 2);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Bytes held. */
  get sizeBytes(): number {
    return (this.#slots.length + this.#lefts.length + this.#rights.length) * 4;
  }

  intern(left: number, right: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hashPair(left, right) & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot] - 1;
      if (id < 0) return this.#add(left, right, slot);
      if (this.#lefts[id] === left && this.#rights[id] === right) return id;
    }
  }

  #add(left: number, right: number, slot: number): number {
    const id = this.#size++;
    this.#lefts[id] = left;
    this.#rights[id] = right;
    this.#slots[slot] = id + 1;
    if (this.#size >= this.#lefts.length) this.#grow();
    return id;
  }

  #grow(): void {
    const length = this.#slots.length * 2;
    const lefts = new Uint32Array(length / 2);
    const rights = new Uint32Array(length / 2);
    lefts.set(this.#lefts);
    rights.set(this.#rights);
    this.#lefts = lefts;
    this.#rights = rights;
    this.#slots = new Int32Array(length);
    for (let id = 0; id < this.#size; id++) {
      let slot = hashPair(lefts[id], rights[id]) & (length - 1);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & (length - 1);
      this.#slots[slot] = id + 1;
    }
  }
}

function hashPair(left: number, right: number): number {
  let hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
