import type { Labels } from '../../src/common/labels.ts';
import type { LabelColumns } from './label-columns.ts';
import type { TextColumn } from './text-column.ts';

/**
 * Rows on their way through a fragment: columns of equal length and a selection. An operator owns the batch that it got
 * from its input, may change it in place, and hands it on; nobody keeps a batch after handing it on.
 */
export interface Batch {
  readonly rowCount: number;
  /** Rows alive: the first `selectedCount` items, ascending. */
  selection: Uint32Array;
  selectedCount: number;
  /** Query stream ordinal per row. */
  readonly stream: Uint32Array;
  /** Labels by query stream ordinal. */
  readonly streamTable: readonly Labels[];
  /** Nanoseconds. Null until loaded. */
  timestamp: BigInt64Array | null;
  /** Null until loaded. Replaced by stages that format the line. */
  line: TextColumn | null;
  readonly labels: LabelColumns;
}
