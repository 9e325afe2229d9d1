import { must } from '../../src/common/assert.ts';
import { Labels, type LabelPair } from '../../src/common/labels.ts';
import type { ColumnPages, Page } from '../../src/common/scan-unit.ts';
import type { Postings } from './build-postings.ts';
import {
  COLUMN_TYPES,
  type IndexColumn,
  type IndexSummary,
  type LateRanges,
  PAGES_OF_TYPE,
  type RowGroupTable,
  type RowRanges,
  type StreamTails,
} from './index-content.ts';
import { corruptIndex, type SectionName } from './index-format.ts';
import { decodeSkipTable } from '../skip/decode-skip-table.ts';
import type { SkipTable } from '../skip/skip-table.ts';
import {
  APART_SECTIONS,
  type ApartSection,
  coreBytesOf,
  decodePrefix,
  type IndexPrefix,
  openSection,
  sectionBytes,
} from './index-prefix.ts';
import { decodeMinuteTable, type MinuteTable } from './minute-table.ts';
import { SectionReader, type StringTable } from './section-reader.ts';
import { decodeSummary } from './summary-codec.ts';

/** The pairs of streams: stream s has the pairs `first[s] .. first[s + 1])`, numbers of symbols. */
export interface StreamPairs {
  readonly first: Uint32Array;
  readonly name: Uint32Array;
  readonly value: Uint32Array;
}

/**
 * A read index object. Sections are checked and decoded when first used, and kept; all methods throw `corruption` for
 * damaged ones.
 */
export class ChunkIndex {
  readonly key: string;
  readonly summary: IndexSummary;
  readonly #bytes: Uint8Array;
  readonly #prefix: IndexPrefix;
  readonly #decoded = new Map<SectionName, unknown>();
  readonly #labels: Labels[] = [];

  /** `bytes` is the whole object, or its core: what is not read apart. They are kept and must not change. */
  constructor(key: string, bytes: Uint8Array, part: 'whole' | 'core' = 'whole') {
    this.key = key;
    this.#bytes = bytes;
    this.#prefix = decodePrefix(bytes, key);
    const expected = part === 'whole' ? this.#prefix.sizeBytes : coreBytesOf(this.#prefix);
    if (bytes.length !== expected) {
      throw corruptIndex(key, bytes.length, `object size is ${bytes.length}, expected ${expected}`);
    }
    this.summary = decodeSummary(this.#raw('summary'), key, this.#entry('summary').offset);
  }

  /** Memory that this object may take when everything is decoded. */
  get sizeBytes(): number {
    let total = this.#bytes.length;
    for (const [name, { rawLength }] of this.#prefix.sections) if (!isApart(name)) total += 2 * rawLength;
    return total;
  }

  /** Where a section that is read apart is stored; null when the index has none. */
  apartRange(name: ApartSection): { readonly offset: number; readonly length: number } | null {
    return this.#prefix.sections.get(name) ?? null;
  }

  /** Decodes the bytes of that range; the index does not keep it. */
  decodeSkipTable(stored: Uint8Array): SkipTable {
    const entry = this.#entry('skipTable');
    const read = new SectionReader(openSection(stored, entry, this.key), this.key, entry.offset);
    const table = decodeSkipTable(read, this.summary.rowGroups);
    read.end();
    return table;
  }

  /** The skip table of an index of which the whole object is here; null when it has none. */
  skipTable(): SkipTable | null {
    const stored = this.#apartBytes('skipTable');
    return stored === null ? null : this.decodeSkipTable(stored);
  }

  /** Decodes the bytes of that range; the index does not keep it. */
  decodeMinuteCounts(stored: Uint8Array): MinuteTable {
    const entry = this.#entry('minuteCounts');
    const read = new SectionReader(openSection(stored, entry, this.key), this.key, entry.offset);
    const levels = this.columns().find(({ name }) => name === 'level')?.dictionary?.length ?? 0;
    const table = decodeMinuteTable(read, this.rowRanges().rowCount, levels);
    read.end();
    return table;
  }

  /** The minute counts of an index of which the whole object is here; null when it has none. */
  minuteCounts(): MinuteTable | null {
    const stored = this.#apartBytes('minuteCounts');
    return stored === null ? null : this.decodeMinuteCounts(stored);
  }

  tails(): StreamTails {
    return this.#section('streamTails', (read) => decodeTails(read, this.summary.streams));
  }

  symbols(): StringTable {
    return this.#section('symbols', (read) => read.strings());
  }

  streamPairs(): StreamPairs {
    return this.#section('streams', (read) => decodeStreams(read, this.summary.streams, this.symbols().length));
  }

  postings(): Postings {
    return this.#section('postings', (read) => decodePostings(read, this.summary.streams, this.symbols().length));
  }

  rowRanges(): RowRanges {
    return this.#section('rowRanges', (read) => {
      const ranges = decodeRowRanges(read, this.summary, this.rowGroups().rowCount);
      return { ...ranges, metadataBytes: this.#metadataBytes(ranges.stream.length) };
    });
  }

  columns(): readonly IndexColumn[] {
    return this.#section('columns', (read) => decodeColumns(read, this.#dictionaries()));
  }

  rowGroups(): RowGroupTable {
    return this.#section('rowGroups', (read) => ({
      ...decodeRowGroups(read, this.summary, this.columns()),
      soundJson: this.#soundJson(),
    }));
  }

  lateRanges(): LateRanges {
    return this.#section('lateRanges', (read) => decodeLateRanges(read, this.summary.streams));
  }

  /** Decodes what queries need of it now, and not when the first one asks. */
  decodeAll(): void {
    this.postings();
    this.streamPairs();
    this.rowRanges();
    this.lateRanges();
  }

  /** Labels of a stream of the chunk. */
  labelsOf(ordinal: number): Labels {
    return (this.#labels[ordinal] ??= this.#decodeLabels(ordinal));
  }

  /** Where the columns of a row group are stored. */
  columnPages(rowGroup: number): ColumnPages[] {
    const columns = this.columns();
    const table = this.rowGroups();
    const pagesPerGroup = columns.reduce((sum, { type }) => sum + PAGES_OF_TYPE[type], 0);
    let next = rowGroup * pagesPerGroup;
    return columns.map(({ name, type, dictionary }, column) => {
      const pages: Page[] = [];
      for (let i = 0; i < PAGES_OF_TYPE[type]; i++, next++) {
        pages.push({
          offset: table.pageOffset[next],
          length: table.pageLength[next],
          rawLength: table.pageRawLength[next],
        });
      }
      const nullCount = table.nullCount[rowGroup * columns.length + column];
      return { name, type, nullCount, pages, dictionary };
    });
  }

  #apartBytes(name: ApartSection): Uint8Array | null {
    const range = this.apartRange(name);
    return range === null ? null : this.#bytes.subarray(range.offset, range.offset + range.length);
  }

  #decodeLabels(ordinal: number): Labels {
    const { first, name, value } = this.streamPairs();
    const symbols = this.symbols();
    const pairs: LabelPair[] = [];
    for (let pair = first[ordinal]; pair < first[ordinal + 1]; pair++) {
      pairs.push([symbols.at(name[pair]), symbols.at(value[pair])]);
    }
    return Labels.fromSorted(pairs);
  }

  #metadataBytes(ranges: number): Uint32Array {
    if (!this.#prefix.sections.has('metadataBytes')) return new Uint32Array(ranges);
    return this.#section('metadataBytes', (read) => {
      const bytes = read.uint32();
      read.sameLength('metadata bytes', bytes, { length: ranges });
      return bytes;
    });
  }

  #soundJson(): Uint8Array {
    const { rowGroups } = this.summary;
    if (!this.#prefix.sections.has('soundJson')) return new Uint8Array(rowGroups);
    return this.#section('soundJson', (read) => {
      const sound = read.uint8();
      read.sameLength('sound JSON', sound, { length: rowGroups });
      return sound;
    });
  }

  #dictionaries(): ReadonlyMap<number, readonly string[]> {
    return this.#section('dictionaries', decodeDictionaries);
  }

  #section<T>(name: SectionName, decode: (read: SectionReader) => T): T {
    const known = this.#decoded.get(name);
    if (known !== undefined) return known as T;
    const read = new SectionReader(this.#raw(name), this.key, this.#entry(name).offset);
    const decoded = decode(read);
    read.end();
    this.#decoded.set(name, decoded);
    return decoded;
  }

  #raw(name: SectionName): Uint8Array {
    return sectionBytes(this.#bytes, this.#entry(name), this.key);
  }

  #entry(name: SectionName) {
    return must(this.#prefix.sections.get(name));
  }
}

function isApart(name: SectionName): boolean {
  return APART_SECTIONS.some((apart) => apart === name);
}

export function decodeTails(read: SectionReader, streams: number): StreamTails {
  const hash = read.uint64();
  const lastTimestamp = read.int64();
  read.sameLength('stream tails', hash, lastTimestamp, { length: streams });
  return { hash, lastTimestamp };
}

function decodeStreams(read: SectionReader, streams: number, symbols: number): StreamPairs {
  const first = read.offsets(null);
  const name = read.uint32();
  const value = read.uint32();
  read.sameLength('streams', name, value, { length: first.at(-1) as number });
  read.sameLength('streams', first, { length: streams + 1 });
  read.check(allBelow(name, symbols) && allBelow(value, symbols), 'a stream names a symbol that does not exist');
  return { first, name, value };
}

function decodePostings(read: SectionReader, streams: number, symbols: number): Postings {
  const name = read.uint32();
  const value = read.uint32();
  const first = read.offsets(null);
  const stream = read.uint32();
  read.sameLength('postings', name, value, { length: first.length - 1 });
  read.check(first[first.length - 1] === stream.length, 'postings do not ascend to their end');
  read.check(allBelow(name, symbols) && allBelow(value, symbols), 'a posting names a symbol that does not exist');
  read.check(allBelow(stream, streams), 'a posting names a stream that does not exist');
  return { name, value, first, stream };
}

function decodeRowRanges(
  read: SectionReader,
  summary: IndexSummary,
  groupRows: Uint32Array,
): Omit<RowRanges, 'metadataBytes'> {
  const minTimestamp = read.int64();
  const maxTimestamp = read.int64();
  const stream = read.uint32();
  const firstRow = read.uint32();
  const rowCount = read.uint32();
  const lineBytes = read.uint32();
  const groupStart = read.offsets(stream.length);
  read.sameLength('row ranges', stream, minTimestamp, maxTimestamp, firstRow, rowCount, lineBytes);
  read.check(groupStart.length === summary.rowGroups + 1, 'row ranges do not cover the row groups');
  read.check(allBelow(stream, summary.streams), 'a row range names a stream that does not exist');
  read.check(ascends(stream), 'row ranges are not sorted by stream');
  for (let group = 0; group < summary.rowGroups; group++) {
    let next = 0;
    for (let i = groupStart[group]; i < groupStart[group + 1]; i++) {
      read.check(firstRow[i] === next, 'row ranges leave a gap');
      next += rowCount[i];
    }
    read.check(next === groupRows[group], 'row ranges do not cover their row group');
  }
  return { minTimestamp, maxTimestamp, stream, firstRow, rowCount, lineBytes, groupStart };
}

function decodeColumns(read: SectionReader, dictionaries: ReadonlyMap<number, readonly string[]>): IndexColumn[] {
  const names = read.strings();
  const types = read.uint8();
  read.sameLength('columns', names, types);
  return Array.from(types, (code, column): IndexColumn => {
    const type = COLUMN_TYPES[code];
    read.check(type !== undefined, `column type ${code} is not known`);
    const dictionary = dictionaries.get(column) ?? null;
    read.check((type === 'dictionary') === (dictionary !== null), 'a dictionary is missing or not needed');
    return { name: names.at(column), type: must(type), dictionary };
  });
}

function decodeRowGroups(
  read: SectionReader,
  summary: IndexSummary,
  columns: readonly IndexColumn[],
): Omit<RowGroupTable, 'soundJson'> {
  const table = {
    minTimestamp: read.int64(),
    maxTimestamp: read.int64(),
    pageOffset: read.float64(),
    rowCount: read.uint32(),
    lineBytes: read.uint32(),
    nullCount: read.uint32(),
    pageLength: read.uint32(),
    pageRawLength: read.uint32(),
  };
  const groups = summary.rowGroups;
  const pages = columns.reduce((sum, { type }) => sum + PAGES_OF_TYPE[type], 0) * groups;
  const { minTimestamp, maxTimestamp, rowCount, lineBytes, pageOffset, pageLength, pageRawLength } = table;
  read.sameLength('row groups', { length: groups }, minTimestamp, maxTimestamp, rowCount, lineBytes);
  read.sameLength('null counts', { length: groups * columns.length }, table.nullCount);
  read.sameLength('pages', { length: pages }, pageOffset, pageLength, pageRawLength);
  for (let i = 0; i < pages; i++) {
    const end = pageOffset[i] + pageLength[i];
    read.check(end <= summary.chunkBytes && pageOffset[i] >= 0, 'a page lies outside of the chunk');
  }
  return table;
}

function decodeDictionaries(read: SectionReader): ReadonlyMap<number, readonly string[]> {
  const owners = read.uint32();
  const first = read.offsets(null);
  const values = read.strings();
  read.check(
    first.length === owners.length + 1 && first[owners.length] === values.length,
    'dictionaries do not add up',
  );
  const dictionaries = new Map<number, readonly string[]>();
  for (let i = 0; i < owners.length; i++) {
    const start = first[i];
    const count = first[i + 1] - start;
    dictionaries.set(
      owners[i],
      Array.from({ length: count }, (_, n) => values.at(start + n)),
    );
  }
  return dictionaries;
}

function decodeLateRanges(read: SectionReader, streams: number): LateRanges {
  const stream = read.uint32();
  const minTimestamp = read.int64();
  const maxTimestamp = read.int64();
  read.sameLength('late ranges', stream, minTimestamp, maxTimestamp);
  read.check(allBelow(stream, streams), 'a late range names a stream that does not exist');
  return { stream, minTimestamp, maxTimestamp };
}

function ascends(items: Uint32Array): boolean {
  for (let i = 1; i < items.length; i++) if (items[i] < items[i - 1]) return false;
  return true;
}

function allBelow(items: Uint32Array, end: number): boolean {
  for (let i = 0; i < items.length; i++) if (items[i] >= end) return false;
  return true;
}
