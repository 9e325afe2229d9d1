/** Rows of a row group that need not be read: they were counted, or they are in no window. Added in ascending order. */
export class TakenRows {
  /** Of those that were counted. */
  rowCount = 0;
  readonly #firstRows: number[] = [];
  readonly #endRows: number[] = [];
  #left: number;

  /** `selected`: rows of the row group that are selected. */
  constructor(selected: number) {
    this.#left = selected;
  }

  /** Nothing is left to read. */
  get isAll(): boolean {
    return this.#left === 0 && this.#firstRows.length > 0;
  }

  /** Rows that were counted. */
  count(firstRow: number, rows: number): void {
    this.rowCount += rows;
    this.pass(firstRow, rows);
  }

  /** Rows that nobody wants. */
  pass(firstRow: number, rows: number): void {
    this.#left -= rows;
    const last = this.#endRows.length - 1;
    if (last >= 0 && this.#endRows[last] === firstRow) this.#endRows[last] = firstRow + rows;
    else {
      this.#firstRows.push(firstRow);
      this.#endRows.push(firstRow + rows);
    }
  }

  /** Numbers of rows of a row group, in turn the first of a range that was taken and the end of it. */
  borders(): readonly number[] {
    return this.#firstRows.flatMap((firstRow, i) => [firstRow, this.#endRows[i]]);
  }

  /** Those of the ascending rows that are left. */
  without(rows: Uint32Array): Uint32Array {
    const firstRows = this.#firstRows;
    const endRows = this.#endRows;
    if (firstRows.length === 0) return rows;
    const left = new Uint32Array(rows.length);
    let count = 0;
    let from = 0;
    for (let range = 0; range < firstRows.length; range++) {
      const to = lowerBound(rows, from, firstRows[range]);
      left.set(rows.subarray(from, to), count);
      count += to - from;
      from = lowerBound(rows, to, endRows[range]);
    }
    left.set(rows.subarray(from), count);
    return left.subarray(0, count + rows.length - from);
  }
}

/** Position of the first row from `from` on that is not below `bound`. */
function lowerBound(rows: Uint32Array, from: number, bound: number): number {
  let low = from;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
