import { encodeUtf8 } from '../../src/common/utf8.ts';
import type { HeadBlock } from '../read/head-block.ts';
import type { ColumnBuffers } from './arrow-file-writer.ts';
import type { Cut } from './cut.ts';
import { type ColumnDictionary, IN_MAP, type MetadataColumn, type MetadataPlan } from './plan-metadata.ts';
import type { SortedRows } from './sort-rows.ts';

const NO_BYTES = new Uint8Array(0);
/** Shorter spans are copied byte by byte: a view costs more than they do. */
const SPAN_VIEW_BYTES_MIN = 48;

/** Gathers the columns of rows `[start, end)` of a cut's sorted rows into Arrow buffers, one typed-array copy each. */
export class ColumnGatherer {
  readonly #blocks: readonly HeadBlock[];
  readonly #rows: SortedRows;
  readonly #lengths: Uint32Array;
  readonly #plan: MetadataPlan;
  /** Timestamps of every block as 32-bit halves, low first. */
  readonly #halves: readonly Int32Array[];
  readonly #names: readonly string[];
  /** UTF-8 of the names, by id, as they were needed. */
  readonly #nameBytes: Uint8Array[] = [];

  constructor(cut: Cut, rows: SortedRows, lengths: Uint32Array, plan: MetadataPlan) {
    this.#blocks = cut.blocks.map(({ block }) => block);
    this.#rows = rows;
    this.#lengths = lengths;
    this.#plan = plan;
    this.#halves = this.#blocks.map(
      ({ timestamp }) => new Int32Array(timestamp.buffer, timestamp.byteOffset, timestamp.length * 2),
    );
    this.#names = cut.metadataNames;
  }

  /** In the order of chunkColumns. The buffers belong to the caller. */
  gather(start: number, end: number): ColumnBuffers[] {
    const columns = [this.#stream(start, end), this.#timestamp(start, end), this.#lines(start, end)];
    if (this.#plan.levels.length > 0) columns.push(this.#level(start, end));
    for (const column of this.#plan.columns) {
      columns.push(
        column.dictionary === null
          ? this.#metadataText(column, start, end)
          : this.#metadataCodes(column, column.dictionary, start, end),
      );
    }
    if (this.#plan.hasMap) columns.push(this.#map(start, end));
    return columns;
  }

  #stream(start: number, end: number): ColumnBuffers {
    return { nodes: [noNulls(end - start)], buffers: [NO_BYTES, bytesOf(this.#rows.stream.slice(start, end))] };
  }

  #timestamp(start: number, end: number): ColumnBuffers {
    const target = new Int32Array((end - start) * 2);
    let at = 0;
    for (let i = start; i < end; i++) {
      const halves = this.#halves[this.#rows.block[i]];
      const row = this.#rows.row[i];
      target[at++] = halves[2 * row];
      target[at++] = halves[2 * row + 1];
    }
    return { nodes: [noNulls(end - start)], buffers: [NO_BYTES, bytesOf(target)], content: 'words' };
  }

  #lines(start: number, end: number): ColumnBuffers {
    const offsets = new Int32Array(end - start + 1);
    for (let i = start; i < end; i++) offsets[i - start + 1] = offsets[i - start] + this.#lengths[i];
    const values = new Uint8Array(offsets[end - start]);
    const { block: blocks, row: rows } = this.#rows;
    for (let i = start; i < end;) {
      const block = blocks[i];
      const row = rows[i];
      // Rows that lie next to each other in the head are copied at once.
      let next = i + 1;
      while (next < end && rows[next] === row + next - i && blocks[next] === block) next++;
      const { lineOffsets, lines } = this.#blocks[block];
      const from = lineOffsets[row];
      copySpan(values, offsets[i - start], lines, from, lineOffsets[row + next - i]);
      i = next;
    }
    return { nodes: [noNulls(end - start)], buffers: [NO_BYTES, bytesOf(offsets), values] };
  }

  #level(start: number, end: number): ColumnBuffers {
    const { levelIndex } = this.#plan;
    const codes = new Int32Array(end - start).fill(-1);
    for (let i = start; i < end; i++) {
      codes[i - start] = levelIndex[this.#block(i).level[this.#rows.row[i]]];
    }
    return dictionaryColumn(codes);
  }

  #metadataCodes({ nameId }: MetadataColumn, { codes }: ColumnDictionary, start: number, end: number): ColumnBuffers {
    const target = new Int32Array(end - start).fill(-1);
    for (let i = start; i < end; i++) {
      const pair = this.#findPair(i, nameId);
      if (pair >= 0) target[i - start] = codes[this.#rows.block[i]][pair];
    }
    return dictionaryColumn(target);
  }

  #metadataText({ nameId }: MetadataColumn, start: number, end: number): ColumnBuffers {
    const rowCount = end - start;
    const pairs = new Int32Array(rowCount);
    const offsets = new Int32Array(rowCount + 1);
    for (let i = 0; i < rowCount; i++) {
      const pair = this.#findPair(start + i, nameId);
      pairs[i] = pair;
      const length = pair < 0 ? 0 : this.#valueLength(start + i, pair);
      offsets[i + 1] = offsets[i] + length;
    }
    const values = new Uint8Array(offsets[rowCount]);
    for (let i = 0; i < rowCount; i++) {
      if (pairs[i] >= 0) this.#copyValue(start + i, pairs[i], values, offsets[i]);
    }
    const { bitmap, nullCount } = validity(pairs);
    return { nodes: [{ length: rowCount, nullCount }], buffers: [bitmap, bytesOf(offsets), values] };
  }

  #map(start: number, end: number): ColumnBuffers {
    const rowCount = end - start;
    const { columnOfName } = this.#plan;
    const rowOffsets = new Int32Array(rowCount + 1);
    const pairs: number[] = [];
    const rowOfPair: number[] = [];
    for (let i = start; i < end; i++) {
      const { metadataOffsets, metadataName } = this.#block(i);
      const row = this.#rows.row[i];
      for (let pair = metadataOffsets[row]; pair < metadataOffsets[row + 1]; pair++) {
        if (columnOfName[metadataName[pair]] !== IN_MAP) continue;
        pairs.push(pair);
        rowOfPair.push(i);
      }
      rowOffsets[i - start + 1] = pairs.length;
    }
    const keys = this.#mapKeys(pairs, rowOfPair);
    const values = this.#mapValues(pairs, rowOfPair);
    const pairNode = noNulls(pairs.length);
    return {
      nodes: [noNulls(rowCount), pairNode, pairNode, pairNode],
      buffers: [NO_BYTES, bytesOf(rowOffsets), NO_BYTES, NO_BYTES, ...keys, NO_BYTES, ...values],
    };
  }

  #mapKeys(pairs: readonly number[], rowOfPair: readonly number[]): [Uint8Array, Uint8Array] {
    const offsets = new Int32Array(pairs.length + 1);
    const parts: Uint8Array[] = [];
    for (let p = 0; p < pairs.length; p++) {
      const id = this.#block(rowOfPair[p]).metadataName[pairs[p]];
      const name = (this.#nameBytes[id] ??= encodeUtf8(this.#names[id]));
      parts.push(name);
      offsets[p + 1] = offsets[p] + name.length;
    }
    return [bytesOf(offsets), Buffer.concat(parts)];
  }

  #mapValues(pairs: readonly number[], rowOfPair: readonly number[]): [Uint8Array, Uint8Array] {
    const offsets = new Int32Array(pairs.length + 1);
    for (let p = 0; p < pairs.length; p++) {
      offsets[p + 1] = offsets[p] + this.#valueLength(rowOfPair[p], pairs[p]);
    }
    const values = new Uint8Array(offsets[pairs.length]);
    for (let p = 0; p < pairs.length; p++) {
      this.#copyValue(rowOfPair[p], pairs[p], values, offsets[p]);
    }
    return [bytesOf(offsets), values];
  }

  #block(i: number): HeadBlock {
    return this.#blocks[this.#rows.block[i]];
  }

  /** The pair of sorted row i that has this name, or -1. A row has few pairs. */
  #findPair(i: number, nameId: number): number {
    const { metadataOffsets, metadataName } = this.#block(i);
    const row = this.#rows.row[i];
    const last = metadataOffsets[row + 1];
    for (let pair = metadataOffsets[row]; pair < last; pair++) if (metadataName[pair] === nameId) return pair;
    return -1;
  }

  #valueLength(i: number, pair: number): number {
    const { metadataValueOffsets } = this.#block(i);
    return metadataValueOffsets[pair + 1] - metadataValueOffsets[pair];
  }

  #copyValue(i: number, pair: number, target: Uint8Array, at: number): void {
    const { metadataValueOffsets, metadataValues } = this.#block(i);
    const start = metadataValueOffsets[pair];
    copySpan(target, at, metadataValues, start, metadataValueOffsets[pair + 1]);
  }
}

function copySpan(target: Uint8Array, at: number, source: Uint8Array, start: number, end: number): void {
  if (end - start >= SPAN_VIEW_BYTES_MIN) {
    target.set(source.subarray(start, end), at);
    return;
  }
  for (let i = start; i < end; i++) target[at++] = source[i];
}

/** Codes below 0 are null. */
function dictionaryColumn(codes: Int32Array): ColumnBuffers {
  const { bitmap, nullCount } = validity(codes);
  if (nullCount > 0) for (let i = 0; i < codes.length; i++) if (codes[i] < 0) codes[i] = 0;
  return { nodes: [{ length: codes.length, nullCount }], buffers: [bitmap, bytesOf(codes)] };
}

/** Arrow's validity bitmap: a bit per item that is not below 0; empty when there are no nulls. */
function validity(items: Int32Array): { bitmap: Uint8Array; nullCount: number } {
  const bitmap = new Uint8Array((items.length + 7) >> 3);
  let valid = 0;
  for (let i = 0; i < items.length; i++) {
    if (items[i] < 0) continue;
    bitmap[i >> 3] = bitmap[i >> 3] | (1 << (i & 7));
    valid++;
  }
  return valid === items.length ? { bitmap: NO_BYTES, nullCount: 0 } : { bitmap, nullCount: items.length - valid };
}

function noNulls(length: number): { length: number; nullCount: number } {
  return { length, nullCount: 0 };
}

function bytesOf(items: Int32Array | Uint32Array): Uint8Array {
  return new Uint8Array(items.buffer, items.byteOffset, items.byteLength);
}
