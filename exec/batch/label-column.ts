import type { OwnedMemory } from '../../src/common/owned-memory.ts';
import type { ByteArena } from './byte-arena.ts';
import { ABSENT, DELETED, type ViewColumn } from './view-column.ts';

/** A column stays sparse until one row in SPARSE_RATIO has a value: lines with ever new keys must not cost rows × keys. */
const SPARSE_RATIO = 32;
const SPARSE_INITIAL = 8;
const NO_BYTES = new Uint8Array(0);

/**
 * A ViewColumn that stages write. `slot(row)` gives the index of a row's value in `starts` and `lengths`, or -1; dense
 * columns have one slot per row, sparse ones list their rows in ascending order. Both arrays are replaced by writes.
 */
export class LabelColumn implements ViewColumn {
  readonly name: string;
  starts: Int32Array;
  lengths: Int32Array;
  /** Where starts >= 0 point; set by the first `writeSlice`. */
  lines: Uint8Array = NO_BYTES;
  readonly #arena: ByteArena;
  readonly #rowCount: number;
  readonly #memory: OwnedMemory;
  #rows: Int32Array | null;
  #count = 0;

  constructor(name: string, rowCount: number, arena: ByteArena, memory: OwnedMemory) {
    this.#memory = memory;
    this.name = name;
    this.#arena = arena;
    this.#rowCount = rowCount;
    this.#rows = new Int32Array(SPARSE_INITIAL);
    this.starts = new Int32Array(SPARSE_INITIAL);
    this.lengths = new Int32Array(SPARSE_INITIAL);
  }

  get arena(): Uint8Array {
    return this.#arena.bytes;
  }

  /** Dense arrays, one item per row. */
  get start(): Int32Array {
    this.#makeDense();
    return this.starts;
  }

  get length(): Int32Array {
    this.#makeDense();
    return this.lengths;
  }

  /** Rows in ascending order while the column is sparse (the first `sparseCount` items), else null. */
  get sparseRows(): Int32Array | null {
    return this.#rows;
  }

  get sparseCount(): number {
    return this.#count;
  }

  slot(row: number): number {
    return this.#rows === null ? row : this.#find(this.#rows, row);
  }

  /** The row's length, or ABSENT, DELETED, DELETED_PARSED. */
  lengthAt(row: number): number {
    const slot = this.slot(row);
    return slot < 0 ? ABSENT : this.lengths[slot];
  }

  /** Sets a row to `heap[start .. end)` unless it has a value, or had one from a parser; whether it did. */
  writeFreeSlice(row: number, heap: Uint8Array, start: number, end: number): boolean {
    if (this.#rows === null && heap === this.lines) {
      const length = this.lengths[row];
      if (length !== ABSENT && length !== DELETED) return false;
      this.starts[row] = start;
      this.lengths[row] = end - start;
      return true;
    }
    if (!this.isFree(row)) return false;
    this.writeSlice(row, heap, start, end);
    return true;
  }

  /** No row has a value, nor had one. */
  get isEmpty(): boolean {
    return this.#rows !== null && this.#count === 0;
  }

  /**
   * Sets the rows `rows[i]` with `isSet[i]` of a column that is empty to slices of `heap`: `spans` has the begin of each
   * and its length.
   */
  writeSlices(heap: Uint8Array, rows: Uint32Array, count: number, spans: Uint32Array, isSet: Uint8Array): void {
    this.#makeDense();
    this.lines = heap;
    const { starts, lengths } = this;
    for (let i = 0; i < count; i++) {
      if (isSet[i] === 0) continue;
      const row = rows[i];
      starts[row] = spans[2 * i];
      lengths[row] = spans[2 * i + 1];
    }
  }

  /** The row has no value, as if it had never had one. */
  unset(row: number): void {
    const slot = this.slot(row);
    if (slot >= 0) this.lengths[slot] = ABSENT;
  }

  /** Whether a parser may set the row (fact 121). */
  isFree(row: number): boolean {
    const length = this.lengthAt(row);
    return length === ABSENT || length === DELETED;
  }

  /** Sets a row to bytes that are already in the arena at `at`, or to a negative length (a state). */
  writeArena(row: number, at: number, length: number): void {
    this.#write(row, ~at, length);
  }

  /** Sets a row to `heap[start .. end)`, without a copy when `heap` is the buffer that the column already points to. */
  writeSlice(row: number, heap: Uint8Array, start: number, end: number): void {
    if (heap !== this.lines) {
      if (this.lines !== NO_BYTES) {
        this.#write(row, ~this.#arena.append(heap, start, end), end - start);
        return;
      }
      this.lines = heap;
    }
    this.#write(row, start, end - start);
  }

  #write(row: number, start: number, length: number): void {
    const slot = this.#rows === null ? row : this.#insert(row);
    this.starts[slot] = start;
    this.lengths[slot] = length;
  }

  /** The slot of a row, made if it is not there. Appending in row order is the usual case. */
  #insert(row: number): number {
    const rows = this.#rows as Int32Array;
    const count = this.#count;
    let at = count;
    if (count > 0 && row <= rows[count - 1]) {
      const found = this.#find(rows, row);
      if (found >= 0) return found;
      at = ~found;
    }
    if (count >= SPARSE_INITIAL && count * SPARSE_RATIO >= this.#rowCount) {
      this.#makeDense();
      return row;
    }
    if (count === rows.length) this.#growSparse();
    return this.#open(at, row);
  }

  #open(at: number, row: number): number {
    const rows = this.#rows as Int32Array;
    const count = this.#count++;
    if (at < count) {
      rows.copyWithin(at + 1, at, count);
      this.starts.copyWithin(at + 1, at, count);
      this.lengths.copyWithin(at + 1, at, count);
    }
    rows[at] = row;
    return at;
  }

  /** The slot of `row`, or the complement of where it would be inserted. */
  #find(rows: Int32Array, row: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (rows[middle] < row) low = middle + 1;
      else high = middle;
    }
    return low < this.#count && rows[low] === row ? low : ~low;
  }

  #growSparse(): void {
    const capacity = this.starts.length * 2;
    this.#rows = enlarged(this.#rows as Int32Array, capacity);
    this.starts = enlarged(this.starts, capacity);
    this.lengths = enlarged(this.lengths, capacity);
  }

  #makeDense(): void {
    const rows = this.#rows;
    if (rows === null) return;
    const starts = this.#memory.int32(this.#rowCount);
    const lengths = this.#memory.int32(this.#rowCount).fill(ABSENT);
    for (let i = 0; i < this.#count; i++) {
      const row = rows[i];
      starts[row] = this.starts[i];
      lengths[row] = this.lengths[i];
    }
    this.#rows = null;
    this.starts = starts;
    this.lengths = lengths;
  }
}

function enlarged(values: Int32Array, capacity: number): Int32Array {
  const grown = new Int32Array(capacity);
  grown.set(values);
  return grown;
}
