import type { HeadUnit } from '../../src/common/scan-unit.ts';
import type { TimeRange } from '../../src/common/time.ts';
import type { HeadBlockView, HeadView } from '../head/head-view.ts';
import type { HeadBlockSnapshot } from '../read/head-block.ts';

/** Blocks of the head with rows in the time range. */
export function blocksIn(head: HeadView, range: TimeRange): HeadBlockView[] {
  return head.blocks.filter(
    ({ rowCount, minTimestamp, maxTimestamp }) =>
      rowCount > 0 && minTimestamp < range.end && maxTimestamp >= range.start,
  );
}

/** One unit per block. Row and byte counts are the block's: which rows are selected is known when it is read. */
export function unitsOfHead(blocks: readonly HeadBlockView[], streamMap: Uint32Array): HeadUnit[] {
  return blocks.map(({ block, rowCount, minTimestamp, maxTimestamp, lineBytes }) => ({
    kind: 'Head',
    rowCount,
    lineBytes,
    minTimestamp,
    maxTimestamp,
    excluded: [],
    blockId: block.id,
    firstRow: 0,
    totalRows: rowCount,
    streamMap,
  }));
}

/** What readers of the units need besides them. */
export function snapshotsOf(head: HeadView, blocks: readonly HeadBlockView[]): Map<string, HeadBlockSnapshot> {
  const { levels, metadataNames } = head;
  return new Map(blocks.map(({ block }) => [block.id, { block, levels, metadataNames }]));
}

/** By head stream ordinal: 1 for streams that have rows in these blocks. */
export function streamsPresent(blocks: readonly HeadBlockView[], streamCount: number): Uint8Array {
  const present = new Uint8Array(streamCount);
  for (const { block, rowCount } of blocks) {
    for (let row = 0; row < rowCount; row++) present[block.stream[row]] = 1;
  }
  return present;
}
