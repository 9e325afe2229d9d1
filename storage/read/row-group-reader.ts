import type { ColumnPages, RowGroupUnit } from '../../src/common/scan-unit.ts';
import type { TimeRange } from '../../src/common/time.ts';
import { compareUtf8 } from '../../src/common/utf8.ts';
import {
  checkedOffsets,
  decodeDictionaryColumn,
  decodeMapColumn,
  decodeTextColumn,
  type MapColumn,
  mapNames,
  mapValues,
  textValues,
} from './decode-columns.ts';
import { PageReader } from './page-reader.ts';
import { lowerBoundTime, rangesByStream, subtractRanges } from './time-ranges.ts';
import {
  NOT_SELECTED,
  type OptionalValues,
  type ReadStatistics,
  type TextValues,
  type UnitReader,
} from './unit-reader.ts';
import type { UnitSource } from './unit-source.ts';

const METADATA_PREFIX = 'metadata.';

/** Reads a row group of a chunk, page by page. */
export class RowGroupReader implements UnitReader {
  readonly rowCount: number;
  readonly statistics: ReadStatistics;
  readonly #unit: RowGroupUnit;
  readonly #pages: PageReader;
  #streams: Uint32Array | undefined;
  #timestamps: Promise<BigInt64Array> | undefined;
  #lines: Promise<TextValues> | undefined;
  #map: Promise<MapColumn> | undefined;
  readonly #metadata = new Map<string, Promise<OptionalValues | null>>();

  constructor(unit: RowGroupUnit, source: UnitSource, statistics: ReadStatistics) {
    this.#unit = unit;
    this.rowCount = unit.totalRows;
    this.statistics = statistics;
    this.#pages = new PageReader(unit.chunkKey, source, statistics);
  }

  /** From the runs: the stream column is there for other readers of the file. */
  streams(): Uint32Array {
    if (this.#streams === undefined) {
      const { stream, firstRow, rowCount } = this.#unit.runs;
      const streams = this.#pages.memory.uint32(this.rowCount).fill(NOT_SELECTED);
      for (let run = 0; run < stream.length; run++)
        streams.fill(stream[run], firstRow[run], firstRow[run] + rowCount[run]);
      this.#streams = streams;
    }
    return this.#streams;
  }

  timestamps(): Promise<BigInt64Array> {
    return (this.#timestamps ??= this.#readTimestamps());
  }

  async rows(range: TimeRange): Promise<Uint32Array> {
    const { runs, excluded } = this.#unit;
    const excludedOf = rangesByStream(excluded);
    const rows = this.#pages.memory.uint32(runs.rowCount.reduce((sum, count) => sum + count, 0));
    let timestamps: BigInt64Array | null = null;
    let count = 0;
    for (let run = 0; run < runs.stream.length; run++) {
      const first = runs.firstRow[run];
      const last = first + runs.rowCount[run];
      const min = runs.minTimestamp[run];
      const max = runs.maxTimestamp[run];
      for (const { start, end } of subtractRanges(range, excludedOf.get(runs.stream[run]) ?? [])) {
        if (start > max || end <= min) continue;
        let from = first;
        let to = last;
        if (start > min || end <= max) {
          timestamps ??= await this.timestamps();
          from = lowerBoundTime(timestamps, first, last, start);
          to = lowerBoundTime(timestamps, from, last, end);
        }
        for (let row = from; row < to; row++) rows[count++] = row;
      }
    }
    return rows.subarray(0, count);
  }

  lines(): Promise<TextValues> {
    return (this.#lines ??= this.#readLines());
  }

  /** One page; the values' page is not read, its raw length is known. */
  async lineOffsets(): Promise<Uint32Array> {
    if (this.#lines !== undefined) return (await this.#lines).offsets;
    const column = this.#column('line');
    const [, offsets, values] = column.pages;
    const [raw] = await this.#pages.read(column, [offsets]);
    return checkedOffsets(raw, this.rowCount, values.rawLength, this.#failIn(column));
  }

  async metadataNames(): Promise<readonly string[]> {
    const names = new Set<string>();
    for (const { name, type, nullCount } of this.#unit.columns) {
      if (nullCount === this.rowCount) continue;
      if (name === 'level') names.add('detected_level');
      else if (name === 'metadata' && type === 'map') for (const key of mapNames(await this.#readMap())) names.add(key);
      else if (name.startsWith(METADATA_PREFIX)) names.add(name.slice(METADATA_PREFIX.length));
    }
    return [...names].sort(compareUtf8);
  }

  metadata(name: string): Promise<OptionalValues | null> {
    let values = this.#metadata.get(name);
    if (values === undefined) this.#metadata.set(name, (values = this.#readMetadata(name)));
    return values;
  }

  release(): void {
    this.#pages.memory.release();
  }

  async #readTimestamps(): Promise<BigInt64Array> {
    const column = this.#column('timestamp');
    const page = column.pages[1];
    const [raw] = await this.#pages.read(column, [page]);
    if (raw.length !== this.rowCount * 8) throw this.#pages.corrupt(page.offset, 'timestamps are not one per row');
    return new BigInt64Array(raw.buffer, raw.byteOffset, this.rowCount);
  }

  async #readLines(): Promise<TextValues> {
    const column = this.#column('line');
    const [, offsets, values] = await this.#pages.read(column);
    const lines = textValues(offsets, values, this.rowCount, this.#failIn(column));
    return { ...lines, soundJson: this.#unit.soundJson };
  }

  async #readMetadata(name: string): Promise<OptionalValues | null> {
    const columnName = name === 'detected_level' ? 'level' : `${METADATA_PREFIX}${name}`;
    const column = this.#unit.columns.find((candidate) => candidate.name === columnName);
    if (column !== undefined) return await this.#readColumn(column);
    if (!this.#unit.columns.some((candidate) => candidate.name === 'metadata')) return null;
    return mapValues(await this.#readMap(), name, this.rowCount, this.#pages.memory);
  }

  async #readColumn(column: ColumnPages): Promise<OptionalValues | null> {
    if (column.nullCount === this.rowCount) return null;
    const pages = await this.#pages.read(column);
    const { memory } = this.#pages;
    const fail = this.#failIn(column);
    return column.type === 'dictionary'
      ? decodeDictionaryColumn(pages, column.dictionary ?? [], { rowCount: this.rowCount, memory, fail })
      : decodeTextColumn(pages, { rowCount: this.rowCount, memory, fail });
  }

  #readMap(): Promise<MapColumn> {
    const column = this.#column('metadata');
    return (this.#map ??= this.#pages
      .read(column)
      .then((pages) => decodeMapColumn(pages, this.rowCount, this.#failIn(column))));
  }

  #column(name: string): ColumnPages {
    const column = this.#unit.columns.find((candidate) => candidate.name === name);
    if (column === undefined) throw this.#pages.corrupt(0, `column "${name}" is missing`);
    return column;
  }

  #failIn({ name, pages }: ColumnPages): (what: string) => never {
    return (what) => {
      throw this.#pages.corrupt(pages[1].offset, `column "${name}": ${what}`);
    };
  }
}
