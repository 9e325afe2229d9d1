import { hashContent, hashKey, hasSameContent, hasSameKey } from './columns.ts';
import type { HeadColumns } from './columns.ts';

const ROW_BITS = 17;
const ROW_MASK = (1 << ROW_BITS) - 1;
/** Marks rows that share stream and timestamp with an earlier one: they are found by their content. */
const BY_CONTENT = 1 << ROW_BITS;
const TAG_SHIFT = ROW_BITS + 1;
/** Rows are stored as row + 1 in 17 bits. */
export const INDEXED_ROWS_MAX = ROW_MASK;

/**
 * Which entries a block holds, as an open-addressing table of row numbers: the first row of each (stream, timestamp)
 * under the hash of these, further rows of the same under the hash of their content as well. So a thousand entries of
 * one second cost as little to tell apart as a thousand of different ones.
 *
 * Rows are entered when somebody asks, not when they are appended: entries that arrive in order never pay for it.
 */
export class DuplicateIndex {
  readonly #columns: HeadColumns;
  readonly #seed: number;
  readonly #mask: number;
  readonly #slots: Uint32Array;
  #enteredRows = 0;

  /** At most half of the slots are used by `rowCapacity` rows. */
  constructor(columns: HeadColumns, rowCapacity: number, seed: number) {
    this.#columns = columns;
    this.#seed = seed;
    const slots = 1 << (32 - Math.clz32(Math.max(rowCapacity, 8) * 2 - 1));
    this.#mask = slots - 1;
    this.#slots = new Uint32Array(slots);
  }

  get sizeBytes(): number {
    return this.#slots.byteLength;
  }

  /** Whether one of the first `rowCount` rows of the block equals `row` of `columns`. */
  has(columns: HeadColumns, row: number, rowCount: number): boolean {
    while (this.#enteredRows < rowCount) this.#enter(this.#enteredRows++);
    const key = hashKey(columns, row, this.#seed);
    const first = this.#findFirst(columns, row, key);
    if (first < 0) return false;
    if (hasSameContent(this.#columns, first, columns, row)) return true;
    return this.#findByContent(columns, row, hashContent(columns, row, key));
  }

  #enter(row: number): void {
    const columns = this.#columns;
    const key = hashKey(columns, row, this.#seed);
    if (this.#findFirst(columns, row, key) < 0) this.#put(key, row + 1);
    else this.#put(hashContent(columns, row, key), (row + 1) | BY_CONTENT);
  }

  #put(hash: number, value: number): void {
    let at = hash & this.#mask;
    while (this.#slots[at] !== 0) at = (at + 1) & this.#mask;
    this.#slots[at] = (value | ((hash >>> TAG_SHIFT) << TAG_SHIFT)) >>> 0;
  }

  /** The first row of the block with this stream and timestamp, or -1. */
  #findFirst(columns: HeadColumns, row: number, hash: number): number {
    const tag = hash >>> TAG_SHIFT;
    for (let at = hash & this.#mask; ; at = (at + 1) & this.#mask) {
      const slot = this.#slots[at];
      if (slot === 0) return -1;
      if (slot >>> TAG_SHIFT !== tag || (slot & BY_CONTENT) !== 0) continue;
      const candidate = (slot & ROW_MASK) - 1;
      if (hasSameKey(this.#columns, candidate, columns, row)) return candidate;
    }
  }

  #findByContent(columns: HeadColumns, row: number, hash: number): boolean {
    const tag = hash >>> TAG_SHIFT;
    for (let at = hash & this.#mask; ; at = (at + 1) & this.#mask) {
      const slot = this.#slots[at];
      if (slot === 0) return false;
      if (slot >>> TAG_SHIFT !== tag || (slot & BY_CONTENT) === 0) continue;
      const candidate = (slot & ROW_MASK) - 1;
      if (!hasSameKey(this.#columns, candidate, columns, row)) continue;
      if (hasSameContent(this.#columns, candidate, columns, row)) return true;
    }
  }
}
