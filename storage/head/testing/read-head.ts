import type { Labels } from '../../../src/common/labels.ts';
import { PUBLISHED_ROWS } from '../../read/head-block.ts';
import type { HeadBlock } from '../../read/head-block.ts';
import type { HeadView } from '../head-view.ts';
import { entriesOf } from './entries.ts';
import type { Entry } from './entries.ts';

interface Tables {
  readonly streams: readonly Labels[];
  readonly levels: readonly string[];
  readonly metadataNames: readonly string[];
}

/** The entries of a block, row by row, through nothing but its contract. */
export function entriesOfBlock(block: HeadBlock, rowCount: number, tables: Tables): Entry[] {
  return entriesOf({ ...block, ...tables, rowCount });
}

/** All entries of a view in arrival order; checks what the view says about each block. */
export function entriesOfView(view: HeadView): Entry[] {
  return view.blocks.flatMap(({ block, rowCount, minTimestamp, maxTimestamp, lineBytes }) => {
    const entries = entriesOfBlock(block, rowCount, view);
    const timestamps = entries.map(({ timestamp }) => timestamp).sort((a, b) => (a < b ? -1 : 1));
    const bytes = entries.reduce((sum, { line }) => sum + Buffer.byteLength(line), 0);
    if (Atomics.load(block.control, PUBLISHED_ROWS) < rowCount) throw new Error('rows are not published');
    if (timestamps[0] !== minTimestamp || timestamps.at(-1) !== maxTimestamp) throw new Error('bounds are not exact');
    if (bytes !== lineBytes) throw new Error('line bytes are not exact');
    return entries;
  });
}
