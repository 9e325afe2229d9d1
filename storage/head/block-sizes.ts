import type { BlockCapacity } from './block-writer.ts';
import type { HeadColumns } from './columns.ts';

/** The first block of a group is this many times smaller, the second half of that: small tenants stay small. */
const FIRST_BLOCK_DIVISOR = 16;
/** A column gets so much more than it needed in the block before. */
const ROOM_TO_SPARE = 1.25;
/** A column that was filled to this part may be why the block was full: it gets twice as much. */
const NEARLY_FULL = 0.9;
/** No column gets less than this part of the largest block's. */
const LEAST_PART = 1 / 16;

const COLUMNS = ['rows', 'lineBytes', 'pairs', 'valueBytes'] as const;

/**
 * How much room the blocks of a head get: as much of each column as the last full block needed, since memory that a
 * block has and does not use is memory all the same.
 */
export class BlockSizes {
  readonly #largest: BlockCapacity;
  #usual: BlockCapacity;

  constructor(largest: BlockCapacity) {
    this.#largest = largest;
    this.#usual = largest;
  }

  /** A block with this capacity, the `index`th of its group, held so much when a row did not fit. */
  noteFull(capacity: BlockCapacity, used: BlockCapacity, index: number): void {
    const usual: Record<keyof BlockCapacity, number> = { ...this.#largest };
    for (const column of COLUMNS) {
      const wanted =
        used[column] > capacity[column] * NEARLY_FULL ? 2 * capacity[column] : used[column] * ROOM_TO_SPARE;
      const least = this.#largest[column] * LEAST_PART;
      usual[column] = Math.min(this.#largest[column], Math.max(least, wanted * divisorOf(index)));
    }
    this.#usual = usual;
  }

  /** Room of the `index`th block of a group: enough for `row` in any case. */
  next(index: number, columns: HeadColumns, row: number): BlockCapacity {
    const divisor = divisorOf(index);
    const { rows, lineBytes, pairs, valueBytes } = this.#usual;
    const firstPair = columns.metadataOffsets[row];
    const lastPair = columns.metadataOffsets[row + 1];
    const offsets = columns.metadataValueOffsets;
    const rowValueBytes = lastPair === firstPair ? 0 : offsets[lastPair] - offsets[firstPair];
    return {
      rows: Math.ceil(rows / divisor),
      lineBytes: Math.max(Math.ceil(lineBytes / divisor), columns.lineOffsets[row + 1] - columns.lineOffsets[row]),
      pairs: Math.max(Math.ceil(pairs / divisor), lastPair - firstPair),
      valueBytes: Math.max(Math.ceil(valueBytes / divisor), rowValueBytes),
    };
  }
}

/** Doubled from block to block, up to the largest. */
function divisorOf(index: number): number {
  return Math.max(1, FIRST_BLOCK_DIVISOR >> index);
}
