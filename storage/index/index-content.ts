import type { Labels } from '../../src/common/labels.ts';
import type { ColumnType } from '../../src/common/scan-unit.ts';
import type { SkipTable } from '../skip/skip-table.ts';
import type { MinuteTable } from './minute-table.ts';

/** What an index object says about its chunk as a whole. Plain data. */
export interface IndexSummary {
  readonly tenant: string;
  readonly day: string;
  readonly chunkKey: string;
  readonly chunkBytes: number;
  /** CRC32C of the chunk object. */
  readonly chunkChecksum: number;
  /** Both inclusive. */
  readonly minTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly rows: number;
  readonly lineBytes: number;
  readonly streams: number;
  readonly rowGroups: number;
  readonly coverage: readonly WalCoverage[];
  /** Keys of index objects whose entries are here too. */
  readonly replaces: readonly string[];
}

/** The tenant's records `first` to `last` of a WAL are committed as far as their entries fall on the index's day. */
export interface WalCoverage {
  readonly walId: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
}

/** By stream ordinal: hash of the stream's canonical text, and its last timestamp in the chunk. */
export interface StreamTails {
  readonly hash: BigUint64Array;
  readonly lastTimestamp: BigInt64Array;
}

/** A committed chunk as the catalog keeps it in memory. Plain data: the flush worker posts it. */
export interface CommittedIndex {
  readonly key: string;
  readonly sizeBytes: number;
  /** Bytes up to the sections that are read apart. */
  readonly coreBytes: number;
  readonly summary: IndexSummary;
  readonly tails: StreamTails;
}

/** Runs of rows of one stream in one row group, sorted by row group, then first row. Timestamps inclusive. */
export interface RowRanges {
  readonly minTimestamp: BigInt64Array;
  readonly maxTimestamp: BigInt64Array;
  /** Stream ordinals of the chunk; ascending over all ranges, because rows are sorted by stream. */
  readonly stream: Uint32Array;
  readonly firstRow: Uint32Array;
  readonly rowCount: Uint32Array;
  readonly lineBytes: Uint32Array;
  /** Bytes of names and values of structured metadata; 0 in indexes that do not say. */
  readonly metadataBytes: Uint32Array;
  /** The ranges of row group g are `groupStart[g] .. groupStart[g + 1])`. */
  readonly groupStart: Uint32Array;
}

/** One entry per row group; pages by group, then column, then Arrow's buffer order. */
export interface RowGroupTable {
  readonly minTimestamp: BigInt64Array;
  readonly maxTimestamp: BigInt64Array;
  readonly pageOffset: Float64Array;
  readonly rowCount: Uint32Array;
  readonly lineBytes: Uint32Array;
  /** By group, then column. */
  readonly nullCount: Uint32Array;
  readonly pageLength: Uint32Array;
  readonly pageRawLength: Uint32Array;
  /** 1: every line that begins with a brace is sound JSON; 0 also in indexes that do not say. */
  readonly soundJson: Uint8Array;
}

export interface IndexColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly dictionary: readonly string[] | null;
}

/** Entries of the chunk that may repeat entries of other chunks: late data. Stream ordinals of the chunk. */
export interface LateRanges {
  readonly stream: Uint32Array;
  readonly minTimestamp: BigInt64Array;
  readonly maxTimestamp: BigInt64Array;
}

/** Everything that an index object holds. */
export interface IndexContent {
  readonly summary: IndexSummary;
  /** In the order of Labels.compare. */
  readonly streams: readonly Labels[];
  readonly tails: StreamTails;
  readonly rowRanges: RowRanges;
  readonly columns: readonly IndexColumn[];
  readonly rowGroups: RowGroupTable;
  readonly lateRanges: LateRanges;
  /** Null: the index has none. */
  readonly skipTable: SkipTable | null;
  readonly minuteCounts: MinuteTable | null;
}

/** Types by their number in the format. */
export const COLUMN_TYPES: readonly ColumnType[] = ['uint32', 'timestamp', 'utf8', 'dictionary', 'map'];

/** Pages of a column of a row group. */
export const PAGES_OF_TYPE: Record<ColumnType, number> = { uint32: 2, timestamp: 2, utf8: 3, dictionary: 2, map: 9 };
