import { SkaldError } from '../../src/common/errors.ts';
import { OwnedMemory } from '../../src/common/owned-memory.ts';
import type { ColumnPages, Page } from '../../src/common/scan-unit.ts';
import { decompressFrame, isLz4 } from '../chunk/frame-codec.ts';
import { ReusedBuffer } from './reused-buffer.ts';
import type { ReadStatistics } from './unit-reader.ts';
import type { UnitSource } from './unit-source.ts';

/** Bytes of a page before its frame: the raw length (docs/format/chunk.md). */
const PAGE_HEADER_BYTES = 8;
/** Smaller buffers may be parts of Node's pool. */
const UNPOOLED_BYTES_MIN = Buffer.poolSize >>> 1;
/** Pages with no more than this between them are fetched together. */
const GAP_BYTES_MAX = 4096;

/** Where stored bytes are until they are decompressed, right after they were read. */
const STORED_BYTES = new ReusedBuffer();

/** Fetches and decompresses pages of one chunk object, and counts them. */
export class PageReader {
  readonly #key: string;
  readonly #source: UnitSource;
  readonly #statistics: ReadStatistics;
  /** Of pages and of what is made of them, until `release`. */
  readonly memory = new OwnedMemory();

  constructor(key: string, source: UnitSource, statistics: ReadStatistics) {
    this.#key = key;
    this.#source = source;
    this.#statistics = statistics;
  }

  /**
   * Raw bytes of some pages of a column, in their order; empty for pages of length 0. Each starts at a multiple of 8 of
   * its buffer. Throws `corruption` or `not_found`.
   */
  async read(column: ColumnPages, pages: readonly Page[] = column.pages): Promise<Uint8Array[]> {
    const { clock } = this.#source;
    const startMs = clock.monotonicMs();
    const stored = pages.filter(({ length }) => length > 0);
    const raw = new Map<Page, Uint8Array>();
    for (const group of neighbours(stored)) {
      const from = group[0].offset;
      const last = group[group.length - 1];
      const length = last.offset + last.length - from;
      const { store } = this.#source;
      const bytes =
        store.getRangeSync === null
          ? await store.getRange(this.#key, from, length)
          : store.getRangeSync(this.#key, from, length, STORED_BYTES.take(length));
      for (const page of group) raw.set(page, this.#decode(bytes, page, page.offset - from));
    }
    this.#count(column.name, stored, clock.monotonicMs() - startMs);
    return pages.map((page) => raw.get(page) ?? new Uint8Array(0));
  }

  /** A corruption error of this object. */
  corrupt(offset: number, what: string): SkaldError {
    return new SkaldError('corruption', `Cannot read chunk "${this.#key}": ${what} at offset ${offset}`);
  }

  #decode(bytes: Uint8Array, page: Page, start: number): Uint8Array {
    const { offset, length, rawLength } = page;
    if (start + length > bytes.length || length < PAGE_HEADER_BYTES) {
      throw this.corrupt(offset, `object ends within the page of ${length} bytes`);
    }
    const header = new DataView(bytes.buffer, bytes.byteOffset + start, PAGE_HEADER_BYTES);
    if (header.getUint32(0, true) !== rawLength || header.getUint32(4, true) !== 0) {
      throw this.corrupt(offset, `raw length of the page is not ${rawLength}`);
    }
    const frame = bytes.subarray(start + PAGE_HEADER_BYTES, start + length);
    const raw = decompressFrame(frame, rawLength);
    if (raw === null) throw this.corrupt(offset, 'page does not decompress to its raw length and checksum');
    const aligned = raw.byteOffset % 8 === 0 ? raw : new Uint8Array(raw);
    // The memory of LZ4's output belongs to its library until the garbage collector comes.
    if (aligned.length >= UNPOOLED_BYTES_MIN && !isLz4(frame)) this.memory.own(aligned as Uint8Array<ArrayBuffer>);
    return aligned;
  }

  #count(name: string, pages: readonly Page[], elapsedMs: number): void {
    const { columns } = this.#statistics;
    const counted = columns.get(name) ?? { pages: 0, storedBytes: 0, rawBytes: 0 };
    for (const { length, rawLength } of pages) {
      counted.pages += 1;
      counted.storedBytes += length;
      counted.rawBytes += rawLength;
    }
    columns.set(name, counted);
    this.#statistics.readMs += elapsedMs;
  }
}

/** Pages in ascending order, in groups that are worth one read each. */
function neighbours(pages: readonly Page[]): [Page, ...Page[]][] {
  const groups: [Page, ...Page[]][] = [];
  let end = -Infinity;
  for (const page of [...pages].sort((a, b) => a.offset - b.offset)) {
    if (page.offset - end <= GAP_BYTES_MAX) groups[groups.length - 1].push(page);
    else groups.push([page]);
    end = page.offset + page.length;
  }
  return groups;
}
