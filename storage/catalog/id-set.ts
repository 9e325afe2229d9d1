const FIRST_ITEMS = 256;

/** Distinct small integers in the order in which they were added: ids of the interner, of which a query may have many. */
export class IdSet {
  #marks: Uint8Array;
  #items = new Uint32Array(FIRST_ITEMS);
  #size = 0;

  /** `idCount`: ids are mostly below it. */
  constructor(idCount = FIRST_ITEMS) {
    this.#marks = new Uint8Array(idCount);
  }

  get size(): number {
    return this.#size;
  }

  has(id: number): boolean {
    return this.#marks[id] === 1;
  }

  add(id: number): void {
    if (id >= this.#marks.length) this.#marks = grown(new Uint8Array(2 * id + 1), this.#marks);
    else if (this.#marks[id] === 1) return;
    this.#marks[id] = 1;
    if (this.#size === this.#items.length) this.#items = grown(new Uint32Array(2 * this.#size), this.#items);
    this.#items[this.#size++] = id;
  }

  addAll(ids: Uint32Array): void {
    for (let i = 0; i < ids.length; i++) this.add(ids[i]);
  }

  /** A view, until something is added. */
  items(): Uint32Array {
    return this.#items.subarray(0, this.#size);
  }
}

function grown<T extends Uint8Array | Uint32Array>(larger: T, old: T): T {
  larger.set(old);
  return larger;
}
