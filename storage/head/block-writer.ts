import { assert } from '../../src/common/assert.ts';
import type { HeadBlock } from '../read/head-block.ts';
import { PUBLISHED_ROWS } from '../read/head-block.ts';
import { halvesOf, isAfter, timestampOf } from './columns.ts';
import type { HeadColumns } from './columns.ts';
import { DuplicateIndex, INDEXED_ROWS_MAX } from './duplicate-index.ts';
import type { HeadBlockView } from './head-view.ts';

/** What a block has room for. A row is appended only if all of it fits. */
export interface BlockCapacity {
  readonly rows: number;
  readonly lineBytes: number;
  readonly pairs: number;
  readonly valueBytes: number;
}

const CONTROL_WORDS = 4;
/** stream 4, timestamp 8, line offset 4, level 2, metadata offset 4. */
const ROW_BYTES = 22;
/** Name 4, value offset 4. */
const PAIR_BYTES = 8;

/** The appending side of a HeadBlock. */
export class BlockWriter {
  readonly block: HeadBlock;
  readonly columns: HeadColumns;
  readonly capacity: BlockCapacity;
  readonly #seed: number;
  #rowCount = 0;
  #pairCount = 0;
  #lineBytes = 0;
  #valueBytes = 0;
  #minHigh = 0x7fffffff;
  #minLow = 0xffffffff;
  #maxHigh = -0x80000000;
  #maxLow = 0;
  #duplicates: DuplicateIndex | null = null;

  constructor(id: string, capacity: BlockCapacity, seed: number) {
    assert(capacity.rows <= INDEXED_ROWS_MAX, 'rows of a block fit the duplicate index');
    this.capacity = capacity;
    this.#seed = seed;
    this.block = allocate(id, capacity);
    this.columns = { ...this.block, timestampHalves: halvesOf(this.block.timestamp) };
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  get lineBytes(): number {
    return this.#lineBytes;
  }

  /** How much of the capacity is taken. */
  get used(): BlockCapacity {
    return {
      rows: this.#rowCount,
      lineBytes: this.#lineBytes,
      pairs: this.#pairCount,
      valueBytes: this.#valueBytes,
    };
  }

  /** Memory that is in use, not what was reserved. */
  get usedBytes(): number {
    const columns = this.#rowCount * ROW_BYTES + this.#pairCount * PAIR_BYTES + this.#lineBytes + this.#valueBytes;
    return columns + (this.#duplicates?.sizeBytes ?? 0);
  }

  view(): HeadBlockView {
    return {
      block: this.block,
      rowCount: this.#rowCount,
      minTimestamp: timestampOf(this.#minHigh, this.#minLow),
      maxTimestamp: timestampOf(this.#maxHigh, this.#maxLow),
      lineBytes: this.#lineBytes,
    };
  }

  /** Whether the block holds an entry equal to `row` of `columns`. */
  has(columns: HeadColumns, row: number): boolean {
    const low = columns.timestampHalves[2 * row];
    const high = columns.timestampHalves[2 * row + 1];
    if (isAfter(this.#minHigh, this.#minLow, high, low) || isAfter(high, low, this.#maxHigh, this.#maxLow))
      return false;
    this.#duplicates ??= new DuplicateIndex(this.columns, this.capacity.rows, this.#seed);
    return this.#duplicates.has(columns, row, this.#rowCount);
  }

  /** How many of the rows `[start, end)` fit, from the first on. */
  fitting(columns: HeadColumns, start: number, end: number): number {
    const { rows, lineBytes, pairs, valueBytes } = this.capacity;
    let last = Math.min(end, start + rows - this.#rowCount);
    last = lastWithin(columns.lineOffsets, start, last, lineBytes - this.#lineBytes);
    last = lastWithin(columns.metadataOffsets, start, last, pairs - this.#pairCount);
    const firstPair = columns.metadataOffsets[start];
    const lastPair = columns.metadataOffsets[last];
    const pairsThatFit = lastWithin(columns.metadataValueOffsets, firstPair, lastPair, valueBytes - this.#valueBytes);
    while (columns.metadataOffsets[last] > pairsThatFit) last -= 1;
    return last - start;
  }

  /** Appends the rows `[start, end)`, which fit, and publishes them. */
  append(columns: HeadColumns, start: number, end: number): void {
    const { block } = this;
    const at = this.#rowCount;
    if (end - start <= SMALL_RUN) this.#copyRows(columns, start, end);
    else {
      block.stream.set(columns.stream.subarray(start, end), at);
      block.level.set(columns.level.subarray(start, end), at);
      this.columns.timestampHalves.set(columns.timestampHalves.subarray(2 * start, 2 * end), 2 * at);
    }
    this.#widen(columns.timestampHalves, start, end);
    this.#appendLines(columns, start, end);
    this.#appendMetadata(columns, start, end);
    this.#rowCount = at + end - start;
    Atomics.store(block.control, PUBLISHED_ROWS, this.#rowCount);
  }

  #copyRows(columns: HeadColumns, start: number, end: number): void {
    const { stream, level, timestampHalves } = this.columns;
    for (let row = start, at = this.#rowCount; row < end; row++, at++) {
      stream[at] = columns.stream[row];
      level[at] = columns.level[row];
      timestampHalves[2 * at] = columns.timestampHalves[2 * row];
      timestampHalves[2 * at + 1] = columns.timestampHalves[2 * row + 1];
    }
  }

  #widen(halves: Int32Array, start: number, end: number): void {
    for (let row = start; row < end; row++) {
      const low = halves[2 * row];
      const high = halves[2 * row + 1];
      if (isAfter(high, low, this.#maxHigh, this.#maxLow)) {
        this.#maxHigh = high;
        this.#maxLow = low;
      }
      if (isAfter(this.#minHigh, this.#minLow, high, low)) {
        this.#minHigh = high;
        this.#minLow = low;
      }
    }
  }

  #appendLines(columns: HeadColumns, start: number, end: number): void {
    const { lineOffsets } = columns;
    const from = lineOffsets[start];
    const to = lineOffsets[end];
    copyBytes(columns.lines, from, to, this.block.lines, this.#lineBytes);
    copyOffsets(lineOffsets, start, end, this.block.lineOffsets, this.#rowCount, this.#lineBytes - from);
    this.#lineBytes += to - from;
  }

  #appendMetadata(columns: HeadColumns, start: number, end: number): void {
    const { metadataOffsets, metadataValueOffsets } = columns;
    const { block } = this;
    const from = metadataOffsets[start];
    const to = metadataOffsets[end];
    copyOffsets(metadataOffsets, start, end, block.metadataOffsets, this.#rowCount, this.#pairCount - from);
    if (from === to) return;
    block.metadataName.set(columns.metadataName.subarray(from, to), this.#pairCount);
    const valueFrom = metadataValueOffsets[from];
    const valueTo = metadataValueOffsets[to];
    const shift = this.#valueBytes - valueFrom;
    copyOffsets(metadataValueOffsets, from, to, block.metadataValueOffsets, this.#pairCount, shift);
    copyBytes(columns.metadataValues, valueFrom, valueTo, block.metadataValues, this.#valueBytes);
    this.#pairCount += to - from;
    this.#valueBytes += valueTo - valueFrom;
  }
}

/** The largest index <= `last` whose offset is at most `room` behind that of `start`. */
function lastWithin(offsets: Uint32Array, start: number, last: number, room: number): number {
  const limit = offsets[start] + room;
  if (offsets[last] <= limit) return last;
  let low = start;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (offsets[middle] <= limit) low = middle;
    else high = middle;
  }
  return low;
}

/** Up to this many, a loop is faster than views and calls. */
const SMALL_COPY = 64;
const SMALL_RUN = 16;

function copyBytes(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): void {
  if (to - from <= SMALL_COPY) for (let i = from, j = at; i < to; i++, j++) target[j] = source[i];
  else target.set(source.subarray(from, to), at);
}

/** The offsets behind items `[start, end)`, moved by `shift`, to the offsets behind items `at` and following. */
function copyOffsets(
  source: Uint32Array,
  start: number,
  end: number,
  target: Uint32Array,
  at: number,
  shift: number,
): void {
  for (let i = start + 1, j = at + 1; i <= end; i++, j++) target[j] = source[i] + shift;
}

/** All columns in one piece of shared memory, widest first, so that each is aligned. */
function allocate(id: string, { rows, lineBytes, pairs, valueBytes }: BlockCapacity): HeadBlock {
  const words = CONTROL_WORDS + rows + 2 * (rows + 1) + pairs + pairs + 1;
  const memory = new SharedArrayBuffer(8 * rows + 4 * words + 2 * rows + lineBytes + valueBytes);
  let offset = 0;
  const take = (bytes: number): number => {
    offset += bytes;
    return offset - bytes;
  };
  return {
    id,
    timestamp: new BigInt64Array(memory, take(8 * rows), rows),
    control: new Int32Array(memory, take(4 * CONTROL_WORDS), CONTROL_WORDS),
    stream: new Uint32Array(memory, take(4 * rows), rows),
    lineOffsets: new Uint32Array(memory, take(4 * (rows + 1)), rows + 1),
    metadataOffsets: new Uint32Array(memory, take(4 * (rows + 1)), rows + 1),
    metadataName: new Uint32Array(memory, take(4 * pairs), pairs),
    metadataValueOffsets: new Uint32Array(memory, take(4 * (pairs + 1)), pairs + 1),
    level: new Uint16Array(memory, take(2 * rows), rows),
    lines: new Uint8Array(memory, take(lineBytes), lineBytes),
    metadataValues: new Uint8Array(memory, take(valueBytes), valueBytes),
  };
}
