import type { MinuteCounts } from '../../src/common/minute-counts.ts';
import type {
  ColumnPages,
  ColumnType,
  HeadUnit,
  OverlapUnit,
  Page,
  RowGroupUnit,
  ScanUnit,
  StreamRuns,
  StreamTimeRange,
} from '../../src/common/scan-unit.ts';
import { unreachable } from '../../src/common/assert.ts';
import type { ArrayWriter, RawArray } from './frame.ts';

/** Units as plain JSON values: bigints are text, typed arrays and dictionaries are indexes into tables. */
export type PackedUnit = PackedRowGroup | PackedHead | PackedOverlap;

interface PackedBase {
  readonly rowCount: number;
  readonly lineBytes: number;
  readonly times: readonly [min: string, max: string];
  readonly excluded: readonly PackedTimeRange[];
}

type PackedTimeRange = readonly [stream: number, min: string, max: string];

interface PackedRowGroup extends PackedBase {
  readonly kind: 'RowGroup';
  readonly chunkKey: string;
  readonly rowGroup: number;
  readonly totalRows: number;
  readonly soundJson: boolean;
  /** Indexes of the arrays of StreamRuns, in the order of its fields. */
  readonly runs: readonly number[];
  /** The base minute, and the indexes of the arrays of MinuteCounts in the order of its fields; cells have no gaps. */
  readonly minutes?: readonly number[];
  /** Number of the columns in their table. */
  readonly columns: number;
  /** Index of the array with null count and then offset, length and raw length of each page, column after column. */
  readonly pages: number;
}

/** What columns of row groups have in common: most row groups of a chunk have the same. */
interface PackedColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly pageCount: number;
  readonly dictionary: number | null;
}

type PackedColumns = readonly PackedColumn[];

interface PackedHead extends PackedBase {
  readonly kind: 'Head';
  readonly blockId: string;
  readonly firstRow: number;
  readonly totalRows: number;
  readonly streamMap: number;
}

interface PackedOverlap extends PackedBase {
  readonly kind: 'Overlap';
  readonly ranges: readonly PackedTimeRange[];
  readonly parts: readonly (PackedRowGroup | PackedHead)[];
}

/** Tables that units share: each array and dictionary is written once. */
export class UnitPacker {
  readonly #arrays: ArrayWriter;
  readonly #dictionaries = new Map<readonly string[], number>();

  constructor(arrays: ArrayWriter) {
    this.#arrays = arrays;
  }

  get dictionaries(): readonly (readonly string[])[] {
    return [...this.#dictionaries.keys()];
  }

  /** Lists of columns that packed units refer to. */
  readonly columns: PackedColumns[] = [];

  pack(unit: ScanUnit): PackedUnit {
    switch (unit.kind) {
      case 'RowGroup':
      case 'Head':
        return this.#packPart(unit);
      case 'Overlap': {
        const parts = unit.parts.map((part) => this.#packPart(part));
        return { kind: 'Overlap', ...packBase(unit), ranges: unit.ranges.map(packTimeRange), parts };
      }
      default:
        return unreachable(unit);
    }
  }

  #packPart(unit: RowGroupUnit | HeadUnit): PackedRowGroup | PackedHead {
    const base = packBase(unit);
    if (unit.kind === 'Head') {
      const { kind, blockId, firstRow, totalRows, streamMap } = unit;
      return { kind, ...base, blockId, firstRow, totalRows, streamMap: this.#arrays.add(streamMap) };
    }
    const { kind, chunkKey, rowGroup, totalRows, soundJson, runs, minutes } = unit;
    const columns = this.#packColumns(unit.columns);
    const pages = this.#packPages(unit.columns);
    const packedRuns = this.#packRuns(runs);
    const packed = { kind, ...base, chunkKey, rowGroup, totalRows, soundJson, runs: packedRuns, columns, pages };
    return minutes === undefined ? packed : { ...packed, minutes: this.#packMinutes(minutes) };
  }

  /** Only the cells of the runs: the arrays may have those of others. */
  #packMinutes({ baseMinute, firstCell, endCell, ...cells }: MinuteCounts): readonly number[] {
    const first = new Uint32Array(firstCell.length);
    const end = new Uint32Array(firstCell.length);
    let count = 0;
    for (let run = 0; run < first.length; run++) {
      first[run] = count;
      count += Math.max(0, endCell[run] - firstCell[run]);
      end[run] = count;
    }
    const pick = (column: Uint8Array | Uint32Array): Uint32Array => {
      const picked = new Uint32Array(count);
      for (let run = 0; run < first.length; run++) {
        for (let to = first[run], from = firstCell[run]; to < end[run];) picked[to++] = column[from++];
      }
      return picked;
    };
    const { minute, level, rowCount, lineBytes } = cells;
    const arrays = [first, end, pick(minute), pick(level), pick(rowCount), pick(lineBytes)];
    return [baseMinute, ...arrays.map((array) => this.#arrays.add(array))];
  }

  #packRuns({ stream, firstRow, rowCount, minTimestamp, maxTimestamp, lineBytes }: StreamRuns): readonly number[] {
    return [stream, firstRow, rowCount, minTimestamp, maxTimestamp, lineBytes].map((array) => this.#arrays.add(array));
  }

  /** Neighbours mostly have the same columns. */
  #packColumns(columns: readonly ColumnPages[]): number {
    const last = this.columns.length - 1;
    if (last >= 0 && this.#areColumns(columns, this.columns[last])) return last;
    const packed = columns.map(({ name, type, pages, dictionary }): PackedColumn => {
      return { name, type, pageCount: pages.length, dictionary: this.#dictionaryOf(dictionary) };
    });
    return this.columns.push(packed) - 1;
  }

  #areColumns(columns: readonly ColumnPages[], packed: PackedColumns): boolean {
    return (
      columns.length === packed.length &&
      columns.every(({ name, type, pages, dictionary }, i) => {
        const known = packed[i];
        const isSame = name === known.name && type === known.type && pages.length === known.pageCount;
        return isSame && this.#dictionaryOf(dictionary) === known.dictionary;
      })
    );
  }

  #packPages(columns: readonly ColumnPages[]): number {
    const numbers: number[] = [];
    for (const { nullCount, pages } of columns) {
      numbers.push(nullCount);
      for (const { offset, length, rawLength } of pages) numbers.push(offset, length, rawLength);
    }
    return this.#arrays.add(Float64Array.from(numbers));
  }

  #dictionaryOf(dictionary: readonly string[] | null): number | null {
    return dictionary === null ? null : this.#addDictionary(dictionary);
  }

  #addDictionary(dictionary: readonly string[]): number {
    const known = this.#dictionaries.get(dictionary);
    if (known !== undefined) return known;
    this.#dictionaries.set(dictionary, this.#dictionaries.size);
    return this.#dictionaries.size - 1;
  }
}

function packBase({ rowCount, lineBytes, minTimestamp, maxTimestamp, excluded }: ScanUnit): PackedBase {
  return {
    rowCount,
    lineBytes,
    times: [String(minTimestamp), String(maxTimestamp)],
    excluded: excluded.map(packTimeRange),
  };
}

function packTimeRange({ stream, minTimestamp, maxTimestamp }: StreamTimeRange): PackedTimeRange {
  return [stream, String(minTimestamp), String(maxTimestamp)];
}

export interface UnitTables {
  readonly arrays: readonly RawArray[];
  readonly dictionaries: readonly (readonly string[])[];
  readonly columns: readonly PackedColumns[];
}

/** The opposite of `UnitPacker.pack`. What a packer shared is shared again. */
export function unpackUnit(unit: PackedUnit, tables: UnitTables): ScanUnit {
  if (unit.kind !== 'Overlap') return unpackPart(unit, tables);
  const { kind, ranges, parts } = unit;
  const overlap: OverlapUnit = {
    kind,
    ...unpackBase(unit),
    ranges: ranges.map(unpackTimeRange),
    parts: parts.map((part) => unpackPart(part, tables)),
  };
  return overlap;
}

function unpackPart(unit: PackedRowGroup | PackedHead, tables: UnitTables): RowGroupUnit | HeadUnit {
  const base = unpackBase(unit);
  if (unit.kind === 'Head') {
    const { kind, blockId, firstRow, totalRows, streamMap } = unit;
    return { kind, ...base, blockId, firstRow, totalRows, streamMap: tables.arrays[streamMap] as Uint32Array };
  }
  const { kind, chunkKey, rowGroup, totalRows, soundJson, runs, columns, pages, minutes } = unit;
  const unpacked = {
    kind,
    ...base,
    chunkKey,
    rowGroup,
    totalRows,
    soundJson,
    runs: unpackRuns(runs, tables),
    columns: unpackColumns(tables.columns[columns], tables.arrays[pages] as Float64Array, tables),
  };
  return minutes === undefined ? unpacked : { ...unpacked, minutes: unpackMinutes(minutes, tables) };
}

function unpackBase({ rowCount, lineBytes, times: [min, max], excluded }: PackedBase) {
  return {
    rowCount,
    lineBytes,
    minTimestamp: BigInt(min),
    maxTimestamp: BigInt(max),
    excluded: excluded.map(unpackTimeRange),
  };
}

function unpackTimeRange([stream, min, max]: PackedTimeRange): StreamTimeRange {
  return { stream, minTimestamp: BigInt(min), maxTimestamp: BigInt(max) };
}

function unpackRuns(indexes: readonly number[], { arrays }: UnitTables): StreamRuns {
  const [stream, firstRow, rowCount, minTimestamp, maxTimestamp, lineBytes] = indexes.map((index) => arrays[index]);
  return { stream, firstRow, rowCount, minTimestamp, maxTimestamp, lineBytes } as StreamRuns;
}

function unpackMinutes([baseMinute, ...indexes]: readonly number[], { arrays }: UnitTables): MinuteCounts {
  const [firstCell, endCell, minute, level, rowCount, lineBytes] = indexes.map((index) => arrays[index]);
  return { baseMinute, firstCell, endCell, minute, level, rowCount, lineBytes } as MinuteCounts;
}

function unpackColumns(columns: PackedColumns, numbers: Float64Array, tables: UnitTables): ColumnPages[] {
  let at = 0;
  return columns.map(({ name, type, pageCount, dictionary }) => {
    const nullCount = numbers[at++];
    const pages: Page[] = [];
    for (let i = 0; i < pageCount; i++, at += 3) {
      pages.push({ offset: numbers[at], length: numbers[at + 1], rawLength: numbers[at + 2] });
    }
    return { name, type, nullCount, pages, dictionary: dictionary === null ? null : tables.dictionaries[dictionary] };
  });
}
