import type { Labels } from '../../src/common/labels.ts';
import type { Matcher } from '../../src/common/matcher.ts';
import type { StreamTimeRange } from '../../src/common/scan-unit.ts';
import type { HeadBlock } from '../read/head-block.ts';

/**
 * One tenant's head as a reader sees it at one moment (one synchronous turn): everything that was acknowledged and is
 * not in a committed index. Blocks of cuts that are being flushed are included until their indexes are committed.
 */
export interface HeadView {
  /** Labels by head stream ordinal. Grows; ordinals never change. */
  readonly streams: readonly Labels[];
  /** Ordinals of matching streams, ascending. */
  select(matchers: readonly Matcher[]): Uint32Array;
  readonly blocks: readonly HeadBlockView[];
  readonly levels: readonly string[];
  readonly metadataNames: readonly string[];
  /** Ranges in which head entries may repeat committed ones (late data). `stream` is the head stream ordinal. */
  readonly lateRanges: readonly StreamTimeRange[];
}

export interface HeadBlockView {
  readonly block: HeadBlock;
  /** Published rows at the moment of the view. */
  readonly rowCount: number;
  readonly minTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly lineBytes: number;
}
