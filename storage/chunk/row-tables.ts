import type { Page } from '../../src/common/scan-unit.ts';
import type { RowGroupTable, RowRanges } from '../index/index-content.ts';
import type { SortedRows } from './sort-rows.ts';
import { areSound } from './sound-json.ts';

/** Collects the runs of rows of one stream in one row group. Rows are sorted by stream and time. */
export class RowRangesBuilder {
  readonly #rows: SortedRows;
  readonly #lengths: Uint32Array;
  readonly #metadataLengths: Uint32Array;
  readonly #minTimestamp: bigint[] = [];
  readonly #maxTimestamp: bigint[] = [];
  readonly #stream: number[] = [];
  readonly #firstRow: number[] = [];
  readonly #rowCount: number[] = [];
  readonly #lineBytes: number[] = [];
  readonly #metadataBytes: number[] = [];
  readonly #groupStart = [0];

  /** `lengths` and `metadataLengths`: bytes of the lines and of the structured metadata, by sorted row. */
  constructor(rows: SortedRows, lengths: Uint32Array, metadataLengths: Uint32Array) {
    this.#rows = rows;
    this.#lengths = lengths;
    this.#metadataLengths = metadataLengths;
  }

  /** The next row group: rows `[start, end)`. */
  add(start: number, end: number): void {
    const { stream } = this.#rows;
    for (let first = start; first < end;) {
      let last = first + 1;
      while (last < end && stream[last] === stream[first]) last++;
      this.#addRun(first, last, start);
      first = last;
    }
    this.#groupStart.push(this.#stream.length);
  }

  /** Of all ranges added. */
  bounds() {
    const lastTimestamp = new BigInt64Array(this.#rows.streams.length);
    let minTimestamp = this.#minTimestamp[0] ?? 0n;
    let maxTimestamp = this.#maxTimestamp[0] ?? 0n;
    let lineBytes = 0;
    for (let i = 0; i < this.#stream.length; i++) {
      const min = this.#minTimestamp[i];
      const max = this.#maxTimestamp[i];
      if (min < minTimestamp) minTimestamp = min;
      if (max > maxTimestamp) maxTimestamp = max;
      lastTimestamp[this.#stream[i]] = max;
      lineBytes += this.#lineBytes[i];
    }
    return { minTimestamp, maxTimestamp, lineBytes, lastTimestamp };
  }

  finish(): RowRanges {
    return {
      minTimestamp: BigInt64Array.from(this.#minTimestamp),
      maxTimestamp: BigInt64Array.from(this.#maxTimestamp),
      stream: Uint32Array.from(this.#stream),
      firstRow: Uint32Array.from(this.#firstRow),
      rowCount: Uint32Array.from(this.#rowCount),
      lineBytes: Uint32Array.from(this.#lineBytes),
      metadataBytes: Uint32Array.from(this.#metadataBytes),
      groupStart: Uint32Array.from(this.#groupStart),
    };
  }

  #addRun(first: number, last: number, groupStart: number): void {
    const { dayStart, time, stream } = this.#rows;
    let bytes = 0;
    let metadataBytes = 0;
    for (let i = first; i < last; i++) {
      bytes += this.#lengths[i];
      metadataBytes += this.#metadataLengths[i];
    }
    this.#minTimestamp.push(dayStart + BigInt(time[first]));
    this.#maxTimestamp.push(dayStart + BigInt(time[last - 1]));
    this.#stream.push(stream[first]);
    this.#firstRow.push(first - groupStart);
    this.#rowCount.push(last - first);
    this.#lineBytes.push(bytes);
    this.#metadataBytes.push(metadataBytes);
  }
}

/** Collects the row-group table while groups are written. */
export class RowGroupTableBuilder {
  readonly #minTimestamp: bigint[] = [];
  readonly #maxTimestamp: bigint[] = [];
  readonly #rowCount: number[] = [];
  readonly #lineBytes: number[] = [];
  readonly #nullCount: number[] = [];
  readonly #pages: Page[] = [];
  readonly #soundJson: number[] = [];

  /** `lines` are the buffers of the group's line column. */
  add(
    ranges: RowRanges,
    group: number,
    nullCounts: readonly number[],
    pages: readonly Page[],
    lines: readonly Uint8Array[],
  ): void {
    const [, offsets, values] = lines;
    const isSound = areSound(values, new Int32Array(offsets.buffer, offsets.byteOffset, offsets.length / 4));
    this.#soundJson.push(isSound ? 1 : 0);
    const first = ranges.groupStart[group];
    let min = ranges.minTimestamp[first];
    let max = ranges.maxTimestamp[first];
    let rows = 0;
    let bytes = 0;
    for (let i = first; i < ranges.groupStart[group + 1]; i++) {
      if (ranges.minTimestamp[i] < min) min = ranges.minTimestamp[i];
      if (ranges.maxTimestamp[i] > max) max = ranges.maxTimestamp[i];
      rows += ranges.rowCount[i];
      bytes += ranges.lineBytes[i];
    }
    this.#minTimestamp.push(min);
    this.#maxTimestamp.push(max);
    this.#rowCount.push(rows);
    this.#lineBytes.push(bytes);
    this.#nullCount.push(...nullCounts);
    this.#pages.push(...pages);
  }

  finish(): RowGroupTable {
    return {
      minTimestamp: BigInt64Array.from(this.#minTimestamp),
      maxTimestamp: BigInt64Array.from(this.#maxTimestamp),
      pageOffset: Float64Array.from(this.#pages, ({ offset }) => offset),
      rowCount: Uint32Array.from(this.#rowCount),
      lineBytes: Uint32Array.from(this.#lineBytes),
      nullCount: Uint32Array.from(this.#nullCount),
      pageLength: Uint32Array.from(this.#pages, ({ length }) => length),
      pageRawLength: Uint32Array.from(this.#pages, ({ rawLength }) => rawLength),
      soundJson: Uint8Array.from(this.#soundJson),
    };
  }
}
