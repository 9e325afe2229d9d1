import { freeArrays } from '../../src/common/free-arrays.ts';
import { encodeUtf8 } from '../../src/common/utf8.ts';
import type { Page } from '../../src/common/scan-unit.ts';
import type { IndexColumn, RowGroupTable, RowRanges } from '../index/index-content.ts';
import type { MinuteTable } from '../index/minute-table.ts';
import { streamHash } from '../index/stream-hash.ts';
import type { SkipTable } from '../skip/skip-table.ts';
import { type ArrowFile, ArrowFileWriter, type ColumnBuffers } from './arrow-file-writer.ts';
import { chunkColumns, chunkSchema } from './chunk-schema.ts';
import type { Cut } from './cut.ts';
import type { FrameCodec } from './frame-codec.ts';
import { ColumnGatherer } from './gather-columns.ts';
import { MinuteCollector } from './minute-collector.ts';
import { planMetadata } from './plan-metadata.ts';
import { lineLengths, metadataLengths, planRowGroups, type RowGroupLimits } from './plan-row-groups.ts';
import { RowGroupTableBuilder, RowRangesBuilder } from './row-tables.ts';
import { SkipCollector } from './skip-collector.ts';
import type { SortedRows } from './sort-rows.ts';

/** Position of `line` among the columns. */
const LINE_COLUMN = 2;
/** Longest `skald.streams` of the file metadata. */
const STREAMS_JSON_CHARS_MAX = 256 * 1024;

export interface ChunkOptions {
  readonly codec: FrameCodec;
  readonly rowGroupLimits: RowGroupLimits;
}

/** A chunk file and what its index says about it. */
export interface WrittenChunk {
  readonly file: ArrowFile;
  readonly columns: readonly IndexColumn[];
  readonly rowRanges: RowRanges;
  readonly rowGroups: RowGroupTable;
  /** Both inclusive. */
  readonly minTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly lineBytes: number;
  /** By stream ordinal. */
  readonly lastTimestamp: BigInt64Array;
  /** Null when no row group has a filter. */
  readonly skipTable: SkipTable | null;
  /** Null when no row range has enough rows a minute. */
  readonly minuteCounts: MinuteTable | null;
}

/** Writes the sorted rows of a day as an Arrow file (docs/format/chunk.md). */
export function writeChunk(cut: Cut, rows: SortedRows, options: ChunkOptions): WrittenChunk {
  const lengths = lineLengths(cut, rows);
  const starts = planRowGroups(rows.stream, lengths, options.rowGroupLimits);
  const ranges = new RowRangesBuilder(rows, lengths, metadataLengths(cut, rows));
  for (let group = 0; group + 1 < starts.length; group++) ranges.add(starts[group], starts[group + 1]);
  const plan = planMetadata(cut, rows);
  const columns = chunkColumns(plan);
  const bounds = ranges.bounds();
  const writer = new ArrowFileWriter(chunkSchema(columns, fileMetadata(cut.tenant, rows, bounds)), options.codec);
  for (const [id, { dictionary }] of columns.entries()) {
    if (dictionary !== null) writer.writeDictionary(id, dictionary.length, textColumn(dictionary));
  }
  const gatherer = new ColumnGatherer(cut, rows, lengths, plan);
  const table = new RowGroupTableBuilder();
  const skip = new SkipCollector(cut, rows);
  const rowRanges = ranges.finish();
  for (let group = 0; group + 1 < starts.length; group++) {
    const start = starts[group];
    const end = starts[group + 1];
    const gathered = gatherer.gather(start, end);
    const lines = gathered[LINE_COLUMN];
    const pages: Page[] = writer.writeRecordBatch(end - start, gathered);
    table.add(rowRanges, group, gathered.map(nullCountOf), pages, lines.buffers);
    skip.add(start, end, lines.buffers, pages);
    for (const { buffers } of gathered) freeArrays(...buffers);
  }
  return {
    file: writer.finish(),
    columns,
    rowRanges,
    rowGroups: table.finish(),
    skipTable: skip.finish(),
    minuteCounts: new MinuteCollector(cut, rows, lengths, plan).collect(rowRanges, starts),
    ...bounds,
  };
}

function nullCountOf({ nodes }: ColumnBuffers): number {
  return nodes[0]?.nullCount ?? 0;
}

function textColumn(values: readonly string[]): ColumnBuffers {
  const encoded = values.map(encodeUtf8);
  const offsets = new Int32Array(values.length + 1);
  for (let i = 0; i < encoded.length; i++) offsets[i + 1] = offsets[i] + encoded[i].length;
  return {
    nodes: [{ length: values.length, nullCount: 0 }],
    buffers: [new Uint8Array(0), new Uint8Array(offsets.buffer), Buffer.concat(encoded)],
  };
}

function fileMetadata(
  tenant: string,
  rows: SortedRows,
  bounds: { minTimestamp: bigint; maxTimestamp: bigint; lineBytes: number },
): Map<string, string> {
  const metadata = new Map([
    ['skald.version', '1'],
    ['skald.tenant_hash', streamHash(tenant).toString(16).padStart(16, '0')],
    ['skald.day', rows.day],
    ['skald.min_timestamp', String(bounds.minTimestamp)],
    ['skald.max_timestamp', String(bounds.maxTimestamp)],
    ['skald.rows', String(rows.rowCount)],
    ['skald.line_bytes', String(bounds.lineBytes)],
  ]);
  const streams = JSON.stringify(rows.streams.map((labels) => labels.toRecord()));
  if (streams.length <= STREAMS_JSON_CHARS_MAX) metadata.set('skald.streams', streams);
  return metadata;
}
