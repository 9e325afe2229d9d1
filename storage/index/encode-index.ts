import { crc32c } from '@node-rs/crc32';
import { compressFrame } from '../chunk/frame-codec.ts';
import type { SkipTable } from '../skip/skip-table.ts';
import { buildStreamTable } from './build-postings.ts';
import { COLUMN_TYPES, type IndexContent } from './index-content.ts';
import {
  FIXED_PREFIX_BYTES,
  FLAG_REQUIRED,
  FLAG_ZSTD,
  MAGIC,
  OPTIONAL_SECTION_MIN,
  PREFIX_TAIL_BYTES,
  SECTION,
  SECTION_ENTRY_BYTES,
  VERSION,
} from './index-format.ts';
import { encodeMinuteTable } from './minute-table.ts';
import { SectionWriter } from './section-writer.ts';
import { encodeSummary } from './summary-codec.ts';

/** Sections below this size are stored as they are. */
const COMPRESS_BYTES_MIN = 256;

interface Section {
  readonly type: number;
  readonly flags: number;
  readonly rawLength: number;
  readonly contentLength: number;
  /** The content, padded to a multiple of 8. */
  readonly stored: Uint8Array;
}

/** The bytes of an index object (docs/format/index.md). */
export function encodeIndex(content: IndexContent): Uint8Array {
  const { tails, lateRanges } = content;
  const table = buildStreamTable(content.streams);
  const { postings } = table;
  const sections = [
    section(SECTION.summary, encodeSummary(content.summary), false),
    section(SECTION.streamTails, new SectionWriter().array(tails.hash).array(tails.lastTimestamp).finish(), false),
    section(SECTION.symbols, new SectionWriter().strings(table.symbols).finish()),
    section(
      SECTION.streams,
      new SectionWriter().array(table.firstPair).array(table.pairName).array(table.pairValue).finish(),
    ),
    section(
      SECTION.postings,
      new SectionWriter()
        .array(postings.name)
        .array(postings.value)
        .array(postings.first)
        .array(postings.stream)
        .finish(),
    ),
    section(SECTION.rowRanges, encodeRowRanges(content)),
    section(SECTION.metadataBytes, new SectionWriter().array(content.rowRanges.metadataBytes).finish()),
    section(SECTION.columns, encodeColumns(content)),
    section(SECTION.rowGroups, encodeRowGroups(content)),
    section(SECTION.dictionaries, encodeDictionaries(content)),
    section(
      SECTION.lateRanges,
      new SectionWriter()
        .array(lateRanges.stream)
        .array(lateRanges.minTimestamp)
        .array(lateRanges.maxTimestamp)
        .finish(),
    ),
    section(SECTION.soundJson, new SectionWriter().array(content.rowGroups.soundJson).finish(), false),
  ];
  // The last sections: readers that do not need them stop before.
  if (content.minuteCounts !== null) {
    sections.push(section(SECTION.minuteCounts, encodeMinuteTable(content.minuteCounts)));
  }
  if (content.skipTable !== null) sections.push(section(SECTION.skipTable, encodeSkipTable(content.skipTable), false));
  return assemble(sections);
}

/** Not compressed: filters are as good as random. */
function encodeSkipTable(table: SkipTable): Uint8Array {
  return new SectionWriter()
    .array(table.hashCount)
    .array(table.firstWord)
    .array(table.longestAfter)
    .array(table.longestBefore)
    .array(table.longestPart)
    .array(table.listedLevels)
    .array(table.firstListed)
    .array(table.listed)
    .array(table.words)
    .finish();
}

function encodeRowRanges({ rowRanges }: IndexContent): Uint8Array {
  return new SectionWriter()
    .array(rowRanges.minTimestamp)
    .array(rowRanges.maxTimestamp)
    .array(rowRanges.stream)
    .array(rowRanges.firstRow)
    .array(rowRanges.rowCount)
    .array(rowRanges.lineBytes)
    .array(rowRanges.groupStart)
    .finish();
}

function encodeColumns({ columns }: IndexContent): Uint8Array {
  return new SectionWriter()
    .strings(columns.map(({ name }) => name))
    .array(Uint8Array.from(columns, ({ type }) => COLUMN_TYPES.indexOf(type)))
    .finish();
}

function encodeRowGroups({ rowGroups }: IndexContent): Uint8Array {
  return new SectionWriter()
    .array(rowGroups.minTimestamp)
    .array(rowGroups.maxTimestamp)
    .array(rowGroups.pageOffset)
    .array(rowGroups.rowCount)
    .array(rowGroups.lineBytes)
    .array(rowGroups.nullCount)
    .array(rowGroups.pageLength)
    .array(rowGroups.pageRawLength)
    .finish();
}

function encodeDictionaries({ columns }: IndexContent): Uint8Array {
  const owners = columns.flatMap(({ dictionary }, column) => (dictionary === null ? [] : [column]));
  const first = new Uint32Array(owners.length + 1);
  const values: string[] = [];
  for (const [i, owner] of owners.entries()) {
    for (const value of columns[owner]?.dictionary ?? []) values.push(value);
    first[i + 1] = values.length;
  }
  return new SectionWriter().array(Uint32Array.from(owners)).array(first).strings(values).finish();
}

function section(type: number, raw: Uint8Array, mayCompress = true): Section {
  const compressed = mayCompress && raw.length >= COMPRESS_BYTES_MIN ? compressFrame('zstd', raw) : raw;
  const isSmaller = compressed.length < raw.length;
  const content = isSmaller ? compressed : raw;
  const required = type < OPTIONAL_SECTION_MIN ? FLAG_REQUIRED : 0;
  const flags = isSmaller ? required | FLAG_ZSTD : required;
  return { type, flags, rawLength: raw.length, contentLength: content.length, stored: padded(content) };
}

function padded(bytes: Uint8Array): Uint8Array {
  return bytes.length % 8 === 0 ? bytes : Buffer.concat([bytes], (bytes.length + 7) & ~7);
}

function assemble(sections: readonly Section[]): Uint8Array {
  const tableEnd = FIXED_PREFIX_BYTES + sections.length * SECTION_ENTRY_BYTES;
  const prefixBytes = tableEnd + PREFIX_TAIL_BYTES;
  const sizeBytes = sections.reduce((sum, { stored }) => sum + stored.length, prefixBytes);
  const bytes = new Uint8Array(sizeBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC, 0);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, sections.length, true);
  view.setUint32(16, sizeBytes, true);
  let offset = prefixBytes;
  for (const [i, { type, flags, rawLength, contentLength, stored }] of sections.entries()) {
    const entry = FIXED_PREFIX_BYTES + i * SECTION_ENTRY_BYTES;
    view.setUint16(entry, type, true);
    view.setUint16(entry + 2, flags, true);
    view.setUint32(entry + 4, offset, true);
    view.setUint32(entry + 8, stored.length, true);
    view.setUint32(entry + 12, rawLength, true);
    view.setUint32(entry + 16, crc32c(stored), true);
    view.setUint32(entry + 20, contentLength, true);
    bytes.set(stored, offset);
    offset += stored.length;
  }
  view.setUint32(tableEnd, crc32c(bytes.subarray(0, tableEnd)), true);
  return bytes;
}
