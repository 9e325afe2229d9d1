import type { Matcher } from '../../src/common/matcher.ts';
import type { TimeRange } from '../../src/common/time.ts';
import { halvesOf, isAfter, timestampOf } from '../head/columns.ts';
import type { HeadView } from '../head/head-view.ts';
import type { ChunkIndex } from '../index/chunk-index.ts';
import { selectStreams, type ValueTest } from '../index/select-streams.ts';
import type { HeadBlock } from '../read/head-block.ts';
import { MetadataLengths } from '../read/metadata-length.ts';
import { blocksIn } from './head-units.ts';
import { selectedRanges } from './selected-ranges.ts';
import type { StreamInterner } from './stream-interner.ts';

/** Entries of one stream that lie together: in a chunk or in the head. Times are inclusive. */
export interface StreamPiece {
  /** Id of the interner. */
  readonly stream: number;
  /** Number of the chunk; the head is one more. Pieces of a stream in one source follow each other. */
  readonly source: number;
  readonly minTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly entries: number;
  /** Of lines, and of names and values of structured metadata. */
  readonly bytes: number;
}

/** The row ranges of a chunk that match, from its index alone. */
export function* piecesOfChunk(
  index: ChunkIndex,
  source: number,
  tests: readonly ValueTest[],
  range: TimeRange,
  interner: StreamInterner,
): Generator<StreamPiece> {
  const table = index.rowRanges();
  for (const at of selectedRanges(index, selectStreams(index, tests), range)) {
    yield {
      stream: interner.idIn(index, table.stream[at]),
      source,
      minTimestamp: table.minTimestamp[at],
      maxTimestamp: table.maxTimestamp[at],
      entries: table.rowCount[at],
      bytes: table.lineBytes[at] + table.metadataBytes[at],
    };
  }
}

/** Per stream and block of the head one piece, if it has rows in the range. Reads offsets, never lines. */
export function* piecesOfHead(
  head: HeadView,
  source: number,
  matchers: readonly Matcher[],
  range: TimeRange,
  interner: StreamInterner,
): Generator<StreamPiece> {
  const selected = head.select(matchers);
  const blocks = selected.length === 0 ? [] : blocksIn(head, range);
  if (blocks.length === 0) return;
  const isSelected = new Uint8Array(head.streams.length);
  for (const ordinal of selected) isSelected[ordinal] = 1;
  const sums = new BlockSums(head.streams.length);
  const metadata = new MetadataLengths(head.metadataNames);
  for (const { block, rowCount } of blocks) {
    for (const ordinal of sums.add(block, rowCount, isSelected, metadata)) {
      const minTimestamp = sums.minTimestamp(ordinal);
      const maxTimestamp = sums.maxTimestamp(ordinal);
      const { [ordinal]: entries } = sums.entries;
      const { [ordinal]: bytes } = sums.bytes;
      sums.clear(ordinal);
      if (minTimestamp >= range.end || maxTimestamp < range.start) continue;
      yield {
        stream: interner.idOf(head.streams[ordinal]),
        source,
        minTimestamp,
        maxTimestamp,
        entries,
        bytes,
      };
    }
  }
}

/** Rows, bytes and times of a block by head stream ordinal. Times as halves: no 64-bit number per row. */
class BlockSums {
  readonly entries: Float64Array;
  readonly bytes: Float64Array;
  readonly #minHalves: Int32Array;
  readonly #maxHalves: Int32Array;

  constructor(streamCount: number) {
    this.entries = new Float64Array(streamCount);
    this.bytes = new Float64Array(streamCount);
    this.#minHalves = new Int32Array(2 * streamCount);
    this.#maxHalves = new Int32Array(2 * streamCount);
  }

  /** Adds the rows of selected streams; returns the ordinals of streams that had none before. */
  add(block: HeadBlock, rowCount: number, isSelected: Uint8Array, metadata: MetadataLengths): number[] {
    const { stream, lineOffsets } = block;
    const halves = halvesOf(block.timestamp);
    const added: number[] = [];
    for (let row = 0; row < rowCount; row++) {
      const ordinal = stream[row];
      if (isSelected[ordinal] === 0) continue;
      const isFirst = this.entries[ordinal] === 0;
      if (isFirst) added.push(ordinal);
      this.#widen(ordinal, halves[2 * row + 1], halves[2 * row], isFirst);
      this.entries[ordinal] += 1;
      this.bytes[ordinal] += lineOffsets[row + 1] - lineOffsets[row] + metadata.of(block, row);
    }
    return added;
  }

  clear(ordinal: number): void {
    this.entries[ordinal] = 0;
    this.bytes[ordinal] = 0;
  }

  minTimestamp(ordinal: number): bigint {
    return timestampOf(this.#minHalves[2 * ordinal + 1], this.#minHalves[2 * ordinal]);
  }

  maxTimestamp(ordinal: number): bigint {
    return timestampOf(this.#maxHalves[2 * ordinal + 1], this.#maxHalves[2 * ordinal]);
  }

  #widen(ordinal: number, high: number, low: number, isFirst: boolean): void {
    const min = this.#minHalves;
    const max = this.#maxHalves;
    const at = 2 * ordinal;
    if (isFirst || isAfter(min[at + 1], min[at], high, low)) {
      min[at] = low;
      min[at + 1] = high;
    }
    if (isFirst || isAfter(high, low, max[at + 1], max[at])) {
      max[at] = low;
      max[at + 1] = high;
    }
  }
}
