import type { TimeRange } from '../../src/common/time.ts';

/** `stream` of rows whose stream is not selected. */
export const NOT_SELECTED = 0xffffffff;

/** Row i is `values[offsets[i] .. offsets[i + 1])`: Arrow's utf8 layout. */
export interface TextValues {
  readonly offsets: Uint32Array;
  readonly values: Uint8Array;
  /** Every line that begins with a brace is sound JSON (docs/format/index.md). Absent: it is not known. */
  readonly soundJson?: boolean;
}

/** Row i is `values[start[i] .. start[i] + length[i])`; length -1 where the row has no value. */
export interface OptionalValues {
  readonly start: Int32Array;
  readonly length: Int32Array;
  readonly values: Uint8Array;
}

/**
 * An opened ScanUnit. Columns are read when first asked for and kept until the reader is dropped; what is never asked
 * for is never read. All columns have `rowCount` rows; rows of streams that were not selected are there too.
 * Errors: SkaldError `corruption` with object and offset, `not_found` when the object is gone.
 */
export interface UnitReader {
  readonly rowCount: number;
  /** Query stream ordinal per row, or NOT_SELECTED. */
  streams(): Uint32Array;
  /** Nanoseconds. */
  timestamps(): Promise<BigInt64Array>;
  /**
   * Ascending row numbers of selected streams with start <= timestamp < end that are not excluded. Reads the timestamp
   * column only if the unit's bounds do not decide it.
   */
  rows(range: TimeRange): Promise<Uint32Array>;
  lines(): Promise<TextValues>;
  /** The offsets of `lines()` alone. Absent where they cannot be had for less. */
  lineOffsets?(): Promise<Uint32Array>;
  /** Names of structured metadata that occur in the unit (`detected_level` among them), sorted. May read pages. */
  metadataNames(): Promise<readonly string[]>;
  /** Values of one name, or null when no row has it. */
  metadata(name: string): Promise<OptionalValues | null>;
  readonly statistics: ReadStatistics;
  /**
   * Gives back the memory of what was read, without waiting for the garbage collector. Nothing that came from this reader
   * may be used any more, but for its statistics.
   */
  release(): void;
}

/** Counted up by a reader, per column: what EXPLAIN ANALYZE shows. */
export interface ReadStatistics {
  readonly columns: Map<string, { pages: number; storedBytes: number; rawBytes: number }>;
  /** Milliseconds spent in reading and decompressing. */
  readMs: number;
}
