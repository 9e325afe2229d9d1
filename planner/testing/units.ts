import fc from 'fast-check';
import { Labels } from '../../src/common/labels.ts';
import type { MinuteCounts } from '../../src/common/minute-counts.ts';
import type { ColumnPages, HeadUnit, OverlapUnit, RowGroupUnit, ScanUnit } from '../../src/common/scan-unit.ts';
import type { Catalog, CatalogAnswer, CatalogRequest } from '../physical/catalog.ts';

const SECOND = 1_000_000_000n;

/** A row group of one stream with a page of 1000 bytes per buffer of each column, from `start` to `end` seconds. */
export function rowGroup(
  start: bigint,
  end: bigint,
  columns = ['stream', 'timestamp', 'line', 'level', 'metadata'],
): RowGroupUnit {
  const times = { minTimestamp: start * SECOND, maxTimestamp: end * SECOND };
  return {
    kind: 'RowGroup',
    ...times,
    rowCount: 100,
    lineBytes: 5000,
    excluded: [],
    chunkKey: `tenant/chunk-${start}`,
    rowGroup: 0,
    totalRows: 400,
    soundJson: start % 2n === 0n,
    runs: {
      stream: Uint32Array.of(0),
      firstRow: Uint32Array.of(0),
      rowCount: Uint32Array.of(100),
      minTimestamp: BigInt64Array.of(times.minTimestamp),
      maxTimestamp: BigInt64Array.of(times.maxTimestamp),
      lineBytes: Float64Array.of(5000),
    },
    columns: columns.map(columnPages),
  };
}

function columnPages(name: string): ColumnPages {
  const page = { offset: 0, length: 1000, rawLength: 4000 };
  const none = { offset: 0, length: 0, rawLength: 0 };
  return { name, type: 'utf8', nullCount: 0, pages: [none, page, page], dictionary: null };
}

export function head(start: bigint, end: bigint): HeadUnit {
  return {
    kind: 'Head',
    minTimestamp: start * SECOND,
    maxTimestamp: end * SECOND,
    rowCount: 7,
    lineBytes: 350,
    excluded: [],
    blockId: 'tenant/1',
    firstRow: 0,
    totalRows: 10,
    streamMap: Uint32Array.of(0, 1),
  };
}

export const STREAMS: readonly Labels[] = [Labels.from([['app', 'api']]), Labels.from([['app', 'web']])];

/** Answers every selection with the same units and keeps the requests. */
export class FixedCatalog implements Catalog {
  readonly requests: CatalogRequest[] = [];
  readonly #units: readonly ScanUnit[];

  constructor(units: readonly ScanUnit[]) {
    this.#units = units;
  }

  find(request: CatalogRequest): Promise<CatalogAnswer> {
    this.requests.push(request);
    const statistics = {
      chunksTotal: 9,
      chunksMatched: 2,
      rowGroupsTotal: 8,
      rowGroupsMatched: 2,
      headRows: 7,
      lookupMs: 0.5,
    };
    return Promise.resolve({ streams: STREAMS, units: this.#units, statistics });
  }
}

const count = fc.nat({ max: 0xffff_ffff });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const label = fc.string({ unit: 'grapheme', maxLength: 8 });

/** As an object literal makes it. */
function record<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record<T>(model, { noNullPrototype: true });
}

const timeRange = record({ stream: count, minTimestamp: int64, maxTimestamp: int64 });
const base = {
  rowCount: count,
  lineBytes: fc.maxSafeNat(),
  minTimestamp: int64,
  maxTimestamp: int64,
  excluded: fc.array(timeRange, { maxLength: 3 }),
};
const column = record<ColumnPages>({
  name: label,
  type: fc.constantFrom('uint32', 'timestamp', 'utf8', 'dictionary', 'map'),
  nullCount: count,
  pages: fc.array(record({ offset: fc.maxSafeNat(), length: count, rawLength: count }), { maxLength: 4 }),
  dictionary: fc.option(fc.array(label, { maxLength: 4 })),
});
const longs = fc.array(int64, { maxLength: 5 }).map((values) => BigInt64Array.from(values));

/** Minute, level, rows and bytes of the cells of each run. */
const cellsOfRuns = fc.array(fc.array(fc.tuple(count, fc.nat(255), count, count), { maxLength: 3 }), { maxLength: 4 });

const minutes = fc.tuple(count, cellsOfRuns).map(([baseMinute, runs]) => minuteCounts(baseMinute, runs));

/** Counts without cells of other runs. */
export function minuteCounts(
  baseMinute: number,
  runs: readonly (readonly (readonly [minute: number, level: number, rows: number, bytes: number])[])[],
): MinuteCounts {
  const cells = runs.flat();
  let end = 0;
  const endCell = Uint32Array.from(runs, (run) => (end += run.length));
  return {
    baseMinute,
    firstCell: endCell.map((after, run) => after - runs[run].length),
    endCell,
    minute: Uint32Array.from(cells, ([minute]) => minute),
    level: Uint32Array.from(cells, ([, level]) => level),
    rowCount: Uint32Array.from(cells, ([, , rows]) => rows),
    lineBytes: Uint32Array.from(cells, ([, , , bytes]) => bytes),
  };
}

const anyRowGroup = record<RowGroupUnit>({
  kind: fc.constant('RowGroup'),
  ...base,
  chunkKey: label,
  rowGroup: count,
  totalRows: count,
  soundJson: fc.boolean(),
  runs: record({
    stream: fc.uint32Array({ maxLength: 5 }),
    firstRow: fc.uint32Array({ maxLength: 5 }),
    rowCount: fc.uint32Array({ maxLength: 5 }),
    minTimestamp: longs,
    maxTimestamp: longs,
    lineBytes: fc.float64Array({ maxLength: 5 }),
  }),
  columns: fc.array(column, { maxLength: 3 }),
});
const rowGroupUnit = fc
  .tuple(anyRowGroup, fc.option(minutes))
  .map(([unit, counts]): RowGroupUnit => (counts === null ? unit : { ...unit, minutes: counts }));
const headUnit = record<HeadUnit>({
  kind: fc.constant('Head'),
  ...base,
  blockId: label,
  firstRow: count,
  totalRows: count,
  streamMap: fc.uint32Array({ maxLength: 9 }),
});

export const anyUnit: fc.Arbitrary<ScanUnit> = fc.oneof(
  rowGroupUnit,
  headUnit,
  record<OverlapUnit>({
    kind: fc.constant('Overlap'),
    ...base,
    ranges: fc.array(timeRange, { maxLength: 3 }),
    parts: fc.array(fc.oneof(rowGroupUnit, headUnit), { maxLength: 3 }),
  }),
);

export const anyLabels: fc.Arbitrary<Labels> = fc
  .array(fc.tuple(label, label), { maxLength: 3 })
  .map((pairs) => Labels.from(pairs));
