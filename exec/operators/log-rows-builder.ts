import type { Batch } from '../batch/batch.ts';
import type { RowLabels } from '../batch/label-columns.ts';
import type { TextColumn } from '../batch/text-column.ts';
import { must } from '../../src/common/assert.ts';
import type { LogRows } from './log-rows.ts';

const FIRST_ROWS = 256;
const FIRST_LINE_BYTES = 16_384;

/** Copies rows out of batches. Equal label sets are kept once. */
export class LogRowsBuilder {
  #rowCount = 0;
  #timestamp = new BigInt64Array(FIRST_ROWS);
  #stream = new Uint32Array(FIRST_ROWS);
  #rank = new Uint32Array(FIRST_ROWS);
  #position = new Uint32Array(FIRST_ROWS);
  #labelSet = new Uint32Array(FIRST_ROWS);
  #lineOffsets = new Uint32Array(FIRST_ROWS + 1);
  #lines = new Uint8Array(FIRST_LINE_BYTES);
  readonly #labelSets: (RowLabels | null)[] = [null];
  readonly #labelSetNumbers = new Map<string, number>();

  get rowCount(): number {
    return this.#rowCount;
  }

  /** Bytes of memory held. */
  get sizeBytes(): number {
    return this.#timestamp.length * 28 + this.#lines.length + this.#labelSets.length * 400;
  }

  /** Appends `count` rows of a batch; its timestamps are loaded. Batch row r is row `firstRow + r` of the unit. */
  add(batch: Batch, rows: Uint32Array, count: number, line: TextColumn, rank: number, firstRow: number): void {
    this.#growRows(this.#rowCount + count);
    const timestamps = must(batch.timestamp);
    const hasStreamLabelsOnly = batch.labels.columnNames().length === 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i];
      const at = this.#rowCount++;
      this.#timestamp[at] = timestamps[row];
      this.#stream[at] = batch.stream[row];
      this.#rank[at] = rank;
      this.#position[at] = firstRow + row;
      this.#labelSet[at] = hasStreamLabelsOnly ? 0 : this.#labelSetOf(batch.labels.rowByOrigin(row));
      this.#addLine(at, line, row);
    }
  }

  /** The same without lines and labels, which are looked up later by rank and position. */
  addBare(batch: Batch, rows: Uint32Array, rank: number, firstRow: number): void {
    this.#growRows(this.#rowCount + rows.length);
    const timestamps = must(batch.timestamp);
    for (const row of rows) {
      const at = this.#rowCount++;
      this.#timestamp[at] = timestamps[row];
      this.#stream[at] = batch.stream[row];
      this.#rank[at] = rank;
      this.#position[at] = firstRow + row;
      this.#labelSet[at] = 0;
      this.#lineOffsets[at + 1] = this.#lineOffsets[at];
    }
  }

  /** Appends rows that were materialized before. */
  append(rows: LogRows): void {
    this.#growRows(this.#rowCount + rows.rowCount);
    const first = this.#rowCount;
    this.#timestamp.set(rows.timestamp.subarray(0, rows.rowCount), first);
    this.#stream.set(rows.stream.subarray(0, rows.rowCount), first);
    this.#rank.set(rows.rank.subarray(0, rows.rowCount), first);
    this.#position.set(rows.position.subarray(0, rows.rowCount), first);
    const numbers = rows.labelSets.map((labels) => (labels === null ? 0 : this.#labelSetOf(labels)));
    for (let i = 0; i < rows.rowCount; i++) {
      this.#labelSet[first + i] = numbers[rows.labelSet[i]];
      this.#addLine(first + i, rows.line, i);
    }
    this.#rowCount += rows.rowCount;
  }

  /** The rows so far. The builder is used up. */
  build(): LogRows {
    const count = this.#rowCount;
    return {
      rowCount: count,
      timestamp: this.#timestamp.subarray(0, count),
      stream: this.#stream.subarray(0, count),
      rank: this.#rank.subarray(0, count),
      position: this.#position.subarray(0, count),
      labelSet: this.#labelSet.subarray(0, count),
      line: {
        offsets: this.#lineOffsets.subarray(0, count + 1),
        values: this.#lines.subarray(0, this.#lineOffsets[count]),
      },
      labelSets: this.#labelSets,
    };
  }

  #labelSetOf(labels: RowLabels): number {
    const key = JSON.stringify(labels);
    let number = this.#labelSetNumbers.get(key);
    if (number === undefined) {
      number = this.#labelSets.length;
      this.#labelSets.push(labels);
      this.#labelSetNumbers.set(key, number);
    }
    return number;
  }

  #addLine(at: number, { offsets, values }: TextColumn, row: number): void {
    const start = offsets[row];
    const end = offsets[row + 1];
    const from = this.#lineOffsets[at];
    const to = from + end - start;
    if (to > this.#lines.length) {
      const grown = new Uint8Array(Math.max(to, this.#lines.length * 2));
      grown.set(this.#lines.subarray(0, from));
      this.#lines = grown;
    }
    this.#lines.set(values.subarray(start, end), from);
    this.#lineOffsets[at + 1] = to;
  }

  #growRows(rowCount: number): void {
    if (rowCount <= this.#timestamp.length) return;
    const length = Math.max(rowCount, this.#timestamp.length * 2);
    const timestamp = new BigInt64Array(length);
    timestamp.set(this.#timestamp);
    this.#timestamp = timestamp;
    this.#stream = grown(this.#stream, length);
    this.#rank = grown(this.#rank, length);
    this.#position = grown(this.#position, length);
    this.#labelSet = grown(this.#labelSet, length);
    this.#lineOffsets = grown(this.#lineOffsets, length + 1);
  }
}

function grown(from: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(length);
  to.set(from);
  return to;
}
