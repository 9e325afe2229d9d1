import { isUtf8 } from 'node:buffer';
import type { Labels } from '../src/common/labels.ts';
import { encodeUtf8 } from '../src/common/utf8.ts';
import type { EntryBatch } from '../storage/head/entry-batch.ts';
import { storeTimestamp } from './timestamp.ts';

const SPACE = 0x20;

/**
 * Collects rows into columns. Lines are moved to the front of the buffer that they were received in: a line is never
 * moved to the right, so what is still to be read stays intact.
 */
export class EntryBatchBuilder {
  readonly #lines: Uint8Array;
  readonly #streams: Labels[] = [];
  readonly #levels: string[];
  readonly #metadataNames: string[] = [];
  #rowCount = 0;
  #pairCount = 0;
  #lineEnd = 0;
  #valueEnd = 0;
  #lineMayBeSplit = false;
  #valueMayBeSplit = false;
  #stream: Uint32Array<ArrayBuffer>;
  #timestampHalves: Int32Array<ArrayBuffer>;
  #lineOffsets: Uint32Array<ArrayBuffer>;
  #level: Uint16Array<ArrayBuffer>;
  #metadataOffsets: Uint32Array<ArrayBuffer>;
  #metadataName = new Uint32Array(64);
  #metadataValueOffsets = new Uint32Array(65);
  #metadataValues = new Uint8Array(1024);

  /** Takes over `lines`, the buffer in which the lines are. `levels` are the first entries of the level table. */
  constructor(lines: Uint8Array, levels: readonly string[], rowCapacity: number) {
    this.#lines = lines;
    this.#levels = [...levels];
    this.#stream = new Uint32Array(rowCapacity);
    this.#timestampHalves = new Int32Array(2 * rowCapacity);
    this.#lineOffsets = new Uint32Array(rowCapacity + 1);
    this.#level = new Uint16Array(rowCapacity);
    this.#metadataOffsets = new Uint32Array(rowCapacity + 1);
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  /** End of the lines stored so far in the line buffer; the last of them starts at `lastLineStart`. */
  get lineEnd(): number {
    return this.#lineEnd;
  }

  get lastLineStart(): number {
    return this.#lineOffsets[this.#rowCount - 1];
  }

  addStream(labels: Labels): number {
    return this.#streams.push(labels) - 1;
  }

  /** The level number of a new level name. */
  addLevel(name: string): number {
    return this.#levels.push(name);
  }

  addMetadataName(name: string): number {
    return this.#metadataNames.push(name) - 1;
  }

  /** Adds a pair to the row that `addRow` completes; pairs of a row come sorted by name. */
  addPair(name: number, bytes: Uint8Array, start: number, end: number): void {
    const pair = this.#pairCount;
    if (pair === this.#metadataName.length) {
      this.#metadataName = grown(this.#metadataName, 2 * pair);
      this.#metadataValueOffsets = grown(this.#metadataValueOffsets, 2 * pair + 1);
    }
    const valueEnd = this.#valueEnd + end - start;
    if (valueEnd > this.#metadataValues.length) this.#metadataValues = grown(this.#metadataValues, 2 * valueEnd);
    for (let i = start, to = this.#valueEnd; i < end; i++, to++) this.#metadataValues[to] = bytes[i];
    if (end > start && (bytes[start] & 0xc0) === 0x80) this.#valueMayBeSplit = true;
    this.#metadataName[pair] = name;
    this.#valueEnd = valueEnd;
    this.#metadataValueOffsets[pair + 1] = valueEnd;
    this.#pairCount = pair + 1;
  }

  /** Adds a row whose line is `[start, end)` of the line buffer, at or after `lineEnd`. */
  addRow(stream: number, seconds: number, nanos: number, level: number, start: number, end: number): void {
    const row = this.#rowCount;
    if (row === this.#stream.length) this.#growRows(2 * row);
    if (end > start && (this.#lines[start] & 0xc0) === 0x80) this.#lineMayBeSplit = true;
    if (start !== this.#lineEnd) this.#lines.copyWithin(this.#lineEnd, start, end);
    this.#lineEnd += end - start;
    this.#stream[row] = stream;
    storeTimestamp(this.#timestampHalves, row, seconds, nanos);
    this.#level[row] = level;
    this.#lineOffsets[row + 1] = this.#lineEnd;
    this.#metadataOffsets[row + 1] = this.#pairCount;
    this.#rowCount = row + 1;
  }

  /** The rows, which belong to the caller from here on. Lines and values are valid UTF-8 in it. */
  finish(): EntryBatch {
    const count = this.#rowCount;
    const lines = this.#validText(this.#lines, this.#lineOffsets, count, this.#lineMayBeSplit, replaceInvalid);
    const values = this.#validText(
      this.#metadataValues,
      this.#metadataValueOffsets,
      this.#pairCount,
      this.#valueMayBeSplit,
      blankInvalid,
    );
    return {
      rowCount: count,
      streams: this.#streams,
      stream: this.#stream,
      timestamp: new BigInt64Array(this.#timestampHalves.buffer),
      lineOffsets: lines.offsets,
      lines: lines.bytes,
      level: this.#level,
      levels: this.#levels,
      metadataOffsets: this.#metadataOffsets,
      metadataName: this.#metadataName,
      metadataNames: this.#metadataNames,
      metadataValueOffsets: values.offsets,
      metadataValues: values.bytes,
    };
  }

  #growRows(capacity: number): void {
    this.#stream = grown(this.#stream, capacity);
    this.#timestampHalves = grown(this.#timestampHalves, 2 * capacity);
    this.#lineOffsets = grown(this.#lineOffsets, capacity + 1);
    this.#level = grown(this.#level, capacity);
    this.#metadataOffsets = grown(this.#metadataOffsets, capacity + 1);
  }

  /**
   * The text column with invalid UTF-8 repaired. Valid as a whole means valid one by one, unless a text starts with a
   * continuation byte: then a character may be split over two of them.
   */
  #validText(
    bytes: Uint8Array,
    offsets: Uint32Array<ArrayBuffer>,
    count: number,
    mayBeSplit: boolean,
    repair: (text: Uint8Array) => Uint8Array,
  ): { bytes: Uint8Array; offsets: Uint32Array<ArrayBuffer> } {
    if (!mayBeSplit && isUtf8(bytes.subarray(0, offsets[count]))) return { bytes, offsets };
    const parts: Uint8Array[] = [];
    const repaired = new Uint32Array(count + 1);
    for (let i = 0; i < count; i++) {
      const text = bytes.subarray(offsets[i], offsets[i + 1]);
      const part = isUtf8(text) ? text : repair(text);
      parts.push(part);
      repaired[i + 1] = repaired[i] + part.length;
    }
    return { bytes: Buffer.concat(parts), offsets: repaired };
  }
}

function grown<
  T extends Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>,
>(array: T, length: number): T {
  const larger = new (array.constructor as new (length: number) => T)(length);
  larger.set(array);
  return larger;
}

/** Lines: invalid sequences become U+FFFD. */
function replaceInvalid(text: Uint8Array): Uint8Array {
  return encodeUtf8(Buffer.from(text).toString('utf8'));
}

/** Values of structured metadata: every byte of an invalid sequence becomes a space. */
export function blankInvalid(text: Uint8Array): Uint8Array {
  const out = Uint8Array.from(text);
  for (let i = 0; i < out.length;) {
    const length = sequenceLength(out[i]);
    if (length > 0 && i + length <= out.length && isUtf8(out.subarray(i, i + length))) i += length;
    else out[i++] = SPACE;
  }
  return out;
}

/** Bytes of the character that starts with this byte; 0 when none does. */
function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}
