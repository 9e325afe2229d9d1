const SLOTS_MIN = 4096;

/** Distinct 32-bit hashes other than 0. The hot loop of SkipTableBuilder fills the slots itself. */
export class HashSet {
  #slots = new Int32Array(SLOTS_MIN);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Adds one hash. */
  add(hash: number): void {
    const slots = this.reserve(1);
    const slot = slotOf(slots, hash);
    if (slots[slot] !== 0) return;
    slots[slot] = hash;
    this.#count++;
  }

  /** The slots, 0 where empty, of which at most half will be full when `more` hashes are added to them. */
  reserve(more: number): Int32Array {
    while ((this.#count + more) * 2 > this.#slots.length) this.#grow();
    return this.#slots;
  }

  /** This many hashes were put into empty slots. */
  added(count: number): void {
    this.#count += count;
  }

  clear(): void {
    this.#slots.fill(0);
    this.#count = 0;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    for (const hash of this.#slots) if (hash !== 0) slots[slotOf(slots, hash)] = hash;
    this.#slots = slots;
  }
}

/** Where the hash is, or the empty slot for it. */
function slotOf(slots: Int32Array, hash: number): number {
  const mask = slots.length - 1;
  let slot = (hash ^ (hash >>> 15)) & mask;
  while (slots[slot] !== hash && slots[slot] !== 0) slot = (slot + 1) & mask;
  return slot;
}
