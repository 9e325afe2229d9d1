import type { Labels } from '../../src/common/labels.ts';
import { OwnedMemory } from '../../src/common/owned-memory.ts';
import { assert } from '../../src/common/assert.ts';
import type { Batch } from './batch.ts';
import { ColumnLabels } from './column-labels.ts';
import type { MetadataColumn } from './label-cascade.ts';
import type { TextColumn } from './text-column.ts';

export interface BatchParts {
  readonly rowCount: number;
  /** Query stream ordinal per row; selected rows have one of the table. */
  readonly stream: Uint32Array;
  /** Labels by ordinal. The same array for all batches of a query: label values are cached by its identity. */
  readonly streamTable: readonly Labels[];
  /** Ascending row numbers. */
  readonly selection: Uint32Array;
  readonly timestamp: BigInt64Array | null;
  readonly line: TextColumn | null;
  /** All metadata that later stages or the result can see; a parser also needs to know names that collide (fact 121). */
  readonly metadata: ReadonlyMap<string, MetadataColumn>;
}

/** A Batch whose line, labels and selection stages change in place. */
export class MutableBatch implements Batch {
  readonly rowCount: number;
  readonly stream: Uint32Array;
  readonly streamTable: readonly Labels[];
  readonly labels: ColumnLabels;
  selection: Uint32Array;
  selectedCount: number;
  timestamp: BigInt64Array | null;
  line: TextColumn | null;

  /** Of what stages make for this batch. */
  readonly memory = new OwnedMemory();

  constructor(parts: BatchParts) {
    this.rowCount = parts.rowCount;
    this.stream = parts.stream;
    this.streamTable = parts.streamTable;
    this.selection = parts.selection;
    this.selectedCount = parts.selection.length;
    this.timestamp = parts.timestamp;
    this.line = parts.line;
    this.labels = new ColumnLabels({ ...parts, selectedCount: parts.selection.length }, parts.metadata, this.memory);
  }
}

/** A batch over columns as a scan delivers them, which are not copied and not changed, but for the selection. */
export function createBatch(parts: BatchParts): MutableBatch {
  assert(parts.stream.length >= parts.rowCount, 'stream column is shorter than the batch');
  assert(parts.selection.length <= parts.rowCount, 'selection is longer than the batch');
  return new MutableBatch(parts);
}
