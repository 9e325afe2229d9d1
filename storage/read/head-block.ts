/**
 * A fixed-size block of a tenant's head in shared memory, rows in arrival order. One thread appends; any thread reads
 * the published prefix. Every view is over a SharedArrayBuffer, so posting a block to a worker copies nothing.
 *
 * Appending writes columns first and then stores the row count into `control[PUBLISHED_ROWS]` with Atomics; a reader
 * takes the row count with Atomics and never looks behind it. Published rows never change.
 */
export interface HeadBlock {
  /** Unique in the process: `<tenant>/<number>`. */
  readonly id: string;
  readonly control: Int32Array;
  /** Head stream ordinal per row. */
  readonly stream: Uint32Array;
  readonly timestamp: BigInt64Array;
  readonly lineOffsets: Uint32Array;
  readonly lines: Uint8Array;
  /** 0 is none, n is the head's level n - 1. */
  readonly level: Uint16Array;
  readonly metadataOffsets: Uint32Array;
  /** Ids of the head's metadata names. */
  readonly metadataName: Uint32Array;
  readonly metadataValueOffsets: Uint32Array;
  readonly metadataValues: Uint8Array;
}

/** Index into `control` of the number of rows that may be read. */
export const PUBLISHED_ROWS = 0;

/** What a reader in another thread needs besides the ScanUnit: the block, and the head's tables as of the query. */
export interface HeadBlockSnapshot {
  readonly block: HeadBlock;
  readonly levels: readonly string[];
  readonly metadataNames: readonly string[];
}
