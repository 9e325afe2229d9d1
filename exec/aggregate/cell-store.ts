import type { MemoryBudget } from '../operator.ts';

/** A cell's state is `fields[0][cell], fields[1][cell], ...`; `fields[0]` is the number of samples, 0 is an empty cell. */
export type CellFields = readonly Float64Array[];

const BLOCK_BUCKETS_MAX = 16;
const FIRST_CAPACITY = 1024;

/**
 * Accumulator cells by (group, bucket). Cells are allocated in blocks of up to 16 neighbouring buckets when first
 * touched, so that a group that lives for a moment of a long query costs one block and not a row of all buckets.
 */
export class CellStore {
  readonly bucketCount: number;
  readonly #fieldCount: number;
  readonly #budget: MemoryBudget;
  readonly #shift: number;
  readonly #blocksPerGroup: number;
  /** First cell of each (group, block); 0 where there is none. Cell 0 is never used. */
  #blocks: Uint32Array;
  #fields: Float64Array[];
  #cellCount: number;
  #groupCount = 0;
  #reserved = 0;

  constructor(bucketCount: number, fieldCount: number, budget: MemoryBudget) {
    this.bucketCount = bucketCount;
    this.#fieldCount = fieldCount;
    this.#budget = budget;
    this.#shift = Math.ceil(Math.log2(Math.min(BLOCK_BUCKETS_MAX, Math.max(1, bucketCount))));
    this.#blocksPerGroup = Math.max(1, Math.ceil(bucketCount / (1 << this.#shift)));
    this.#cellCount = 1 << this.#shift;
    this.#blocks = new Uint32Array(this.#blocksPerGroup);
    this.#fields = Array.from({ length: fieldCount }, () => new Float64Array(FIRST_CAPACITY));
    this.#reserve(FIRST_CAPACITY * fieldCount * 8 + this.#blocks.byteLength);
  }

  /** Changes when cells are added: take it after `locate`. */
  get fields(): CellFields {
    return this.#fields;
  }

  get groupCount(): number {
    return this.#groupCount;
  }

  /** `out[i]` = the cell of (groups[i], buckets[i]), made if needed. Buckets are in the grid. */
  locate(groups: Uint32Array, buckets: Int32Array, count: number, groupCount: number, out: Uint32Array): void {
    this.#growGroups(groupCount);
    const shift = this.#shift;
    const mask = (1 << shift) - 1;
    const perGroup = this.#blocksPerGroup;
    const blocks = this.#blocks;
    for (let i = 0; i < count; i++) {
      const bucket = buckets[i];
      const slot = groups[i] * perGroup + (bucket >> shift);
      let first = blocks[slot];
      if (first === 0) {
        first = this.#addBlock();
        blocks[slot] = first;
      }
      out[i] = first + (bucket & mask);
    }
  }

  /** Calls with every non-empty cell of a group, buckets ascending. */
  forEachCell(group: number, visit: (bucket: number, cell: number) => void): void {
    const counts = this.#fields[0];
    const size = 1 << this.#shift;
    for (let block = 0; block < this.#blocksPerGroup; block++) {
      const first = this.#blocks[group * this.#blocksPerGroup + block];
      if (first === 0) continue;
      for (let i = 0; i < size; i++) {
        if (counts[first + i] > 0) visit((block << this.#shift) + i, first + i);
      }
    }
  }

  /** Whether anything was put into a group. */
  hasCells(group: number): boolean {
    if (group >= this.#groupCount) return false;
    for (let block = 0; block < this.#blocksPerGroup; block++) {
      if (this.#blocks[group * this.#blocksPerGroup + block] !== 0) return true;
    }
    return false;
  }

  /** Number of non-empty cells. */
  countCells(): number {
    const counts = this.#fields[0];
    let total = 0;
    for (let cell = 0; cell < this.#cellCount; cell++) if (counts[cell] > 0) total++;
    return total;
  }

  /** Gives the memory back. */
  release(): void {
    this.#budget.release(this.#reserved);
    this.#reserved = 0;
    this.#fields = [];
    this.#blocks = new Uint32Array(0);
    this.#groupCount = 0;
    this.#cellCount = 0;
  }

  #growGroups(groupCount: number): void {
    if (groupCount <= this.#groupCount) return;
    const needed = groupCount * this.#blocksPerGroup;
    if (needed > this.#blocks.length) {
      const length = Math.max(needed, this.#blocks.length * 2);
      this.#reserve((length - this.#blocks.length) * 4);
      const grown = new Uint32Array(length);
      grown.set(this.#blocks);
      this.#blocks = grown;
    }
    this.#groupCount = groupCount;
  }

  #addBlock(): number {
    const first = this.#cellCount;
    this.#cellCount += 1 << this.#shift;
    const capacity = this.#fields[0].length;
    if (this.#cellCount > capacity) {
      this.#reserve(capacity * this.#fieldCount * 8);
      this.#fields = this.#fields.map((field) => {
        const grown = new Float64Array(capacity * 2);
        grown.set(field);
        return grown;
      });
    }
    return first;
  }

  #reserve(sizeBytes: number): void {
    this.#budget.reserve(sizeBytes);
    this.#reserved += sizeBytes;
  }
}
