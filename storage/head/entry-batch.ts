import type { Labels } from '../../src/common/labels.ts';

/**
 * Entries of one push of one tenant as columns, in arrival order: the shape in which they travel from the wire to the
 * WAL and the head. Validated: lines are valid UTF-8, labels and metadata names are legal. The owner is whoever holds
 * it; nobody changes it after it was handed on. Arrays may be longer than the counts say.
 */
export interface EntryBatch {
  readonly rowCount: number;
  /** The label sets of this batch; `stream` refers to them. */
  readonly streams: readonly Labels[];
  readonly stream: Uint32Array;
  /** Nanoseconds since the epoch. */
  readonly timestamp: BigInt64Array;
  /** Line i is `lines[lineOffsets[i] .. lineOffsets[i + 1])`. rowCount + 1 offsets. */
  readonly lineOffsets: Uint32Array;
  readonly lines: Uint8Array;
  /** The `detected_level` structured metadata: 0 is none, n is `levels[n - 1]`. */
  readonly level: Uint16Array;
  readonly levels: readonly string[];
  /** Other structured metadata of row i: pairs `metadataOffsets[i] .. metadataOffsets[i + 1])`, sorted by name. */
  readonly metadataOffsets: Uint32Array;
  /** Of pair p: `metadataNames[metadataName[p]]`, and its value `metadataValues[metadataValueOffsets[p] .. [p + 1])`. */
  readonly metadataName: Uint32Array;
  readonly metadataNames: readonly string[];
  readonly metadataValueOffsets: Uint32Array;
  readonly metadataValues: Uint8Array;
}
