import type { MinuteCounts } from './minute-counts.ts';
import type { TimestampNs } from './time.ts';

/**
 * The unit of scan work: what the catalog finds, the planner estimates and prunes, and a querier worker opens as one
 * task. It carries everything needed to read it, so that no index is read twice.
 */
export type ScanUnit = RowGroupUnit | HeadUnit | OverlapUnit;

interface UnitBase {
  /** Rows of the selected streams (not more than the unit has). */
  readonly rowCount: number;
  /** Bytes of their lines. */
  readonly lineBytes: number;
  /** Of the selected rows; both inclusive. */
  readonly minTimestamp: TimestampNs;
  readonly maxTimestamp: TimestampNs;
  /** Rows that must not be returned here, because an OverlapUnit of the same answer returns them. */
  readonly excluded: readonly StreamTimeRange[];
}

/** Entries of one stream with min <= timestamp <= max. `stream` is the query's stream ordinal. */
export interface StreamTimeRange {
  readonly stream: number;
  readonly minTimestamp: TimestampNs;
  readonly maxTimestamp: TimestampNs;
}

/** A record batch of a chunk object. */
export interface RowGroupUnit extends UnitBase {
  readonly kind: 'RowGroup';
  readonly chunkKey: string;
  readonly rowGroup: number;
  /** Rows of the whole row group. */
  readonly totalRows: number;
  /** Every line that begins with a brace is sound JSON (docs/format/index.md). */
  readonly soundJson: boolean;
  readonly runs: StreamRuns;
  /** Of the runs. Absent: nobody asked, or nothing is known. */
  readonly minutes?: MinuteCounts;
  readonly columns: readonly ColumnPages[];
}

/**
 * Selected streams' runs of rows in a row group, ascending by firstRow. Rows of a run are ascending in time. Timestamps
 * are exact for the run.
 */
export interface StreamRuns {
  /** Query stream ordinals. */
  readonly stream: Uint32Array;
  readonly firstRow: Uint32Array;
  readonly rowCount: Uint32Array;
  readonly minTimestamp: BigInt64Array;
  readonly maxTimestamp: BigInt64Array;
  readonly lineBytes: Float64Array;
}

export type ColumnType = 'uint32' | 'timestamp' | 'utf8' | 'dictionary' | 'map';

/** Where a column of a row group is stored. */
export interface ColumnPages {
  /** `stream`, `timestamp`, `line`, `level`, `metadata.<name>` or `metadata`. */
  readonly name: string;
  readonly type: ColumnType;
  readonly nullCount: number;
  /** In the order of Arrow's buffers for the type (validity first); a missing validity page has length 0. */
  readonly pages: readonly Page[];
  /** Values of a dictionary column, shared by all row groups of the chunk. */
  readonly dictionary: readonly string[] | null;
}

/** A compressed buffer: `length` bytes at `offset` of the object; `rawLength` bytes when decompressed. */
export interface Page {
  readonly offset: number;
  readonly length: number;
  readonly rawLength: number;
}

/** Rows `[firstRow, firstRow + totalRows)` of a head block, which is shared memory of the writing process. */
export interface HeadUnit extends UnitBase {
  readonly kind: 'Head';
  readonly blockId: string;
  readonly firstRow: number;
  readonly totalRows: number;
  /** Head stream ordinal → query stream ordinal + 1; 0 where the stream is not selected. */
  readonly streamMap: Uint32Array;
}

/** Late data: the same entries may lie in several parts; the reader returns each distinct entry once. */
export interface OverlapUnit extends UnitBase {
  readonly kind: 'Overlap';
  readonly ranges: readonly StreamTimeRange[];
  readonly parts: readonly (RowGroupUnit | HeadUnit)[];
}
