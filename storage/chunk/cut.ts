import type { Labels } from '../../src/common/labels.ts';
import type { StreamTimeRange } from '../../src/common/scan-unit.ts';
import type { HeadBlock } from '../read/head-block.ts';

/**
 * Part of a tenant's head on its way to the object store: closed blocks and the WAL records that they hold, exactly.
 * Posted to the flush worker; blocks are shared memory and are not copied.
 */
export interface Cut {
  readonly tenant: string;
  readonly walId: string;
  /** The tenant's WAL records with first <= sequence <= last, and no others. */
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly blocks: readonly { readonly block: HeadBlock; readonly rowCount: number }[];
  /** By head stream ordinal: `[name, value]` pairs, sorted (Labels do not survive structured clone). */
  readonly streams: readonly Labels['pairs'][];
  readonly levels: readonly string[];
  readonly metadataNames: readonly string[];
  /** Late data in this cut. `stream` is the head stream ordinal. */
  readonly lateRanges: readonly StreamTimeRange[];
}
