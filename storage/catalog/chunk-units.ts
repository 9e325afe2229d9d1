import type { RowGroupUnit, StreamRuns, StreamTimeRange } from '../../src/common/scan-unit.ts';
import type { TimeRange } from '../../src/common/time.ts';
import type { ChunkIndex } from '../index/chunk-index.ts';
import { selectStreams, type ValueTest } from '../index/select-streams.ts';
import { selectedRanges } from './selected-ranges.ts';
import type { StreamInterner } from './stream-interner.ts';

/** What a query finds in one chunk, before query stream ordinals exist. */
export interface ChunkMatch {
  readonly index: ChunkIndex;
  /** Numbers of row ranges, ascending. */
  readonly ranges: readonly number[];
  /** Ids of the interner, one per range. */
  readonly streamIds: Uint32Array;
}

/** The row ranges of a chunk that match, or null when there are none. */
export function matchChunk(
  index: ChunkIndex,
  tests: readonly ValueTest[],
  range: TimeRange,
  interner: StreamInterner,
): ChunkMatch | null {
  const ordinals = selectStreams(index, tests);
  if (ordinals.length === 0) return null;
  const ranges = selectedRanges(index, ordinals, range);
  if (ranges.length === 0) return null;
  const { stream } = index.rowRanges();
  return { index, ranges, streamIds: Uint32Array.from(ranges, (at) => interner.idIn(index, stream[at])) };
}

/** One unit per row group with a matching range. `ordinalOf`: interner id → query stream ordinal. */
export function unitsOfChunk(
  { index, ranges, streamIds }: ChunkMatch,
  ordinalOf: ReadonlyMap<number, number>,
): RowGroupUnit[] {
  const { groupStart } = index.rowRanges();
  const units: RowGroupUnit[] = [];
  let group = 0;
  for (let first = 0; first < ranges.length;) {
    while (groupStart[group + 1] <= ranges[first]) group++;
    let last = first + 1;
    while (last < ranges.length && ranges[last] < groupStart[group + 1]) last++;
    const ordinals = Uint32Array.from(streamIds.subarray(first, last), (id) => ordinalOf.get(id) ?? 0);
    units.push(buildUnit(index, group, ranges.slice(first, last), ordinals));
    first = last;
  }
  return units;
}

function buildUnit(
  index: ChunkIndex,
  rowGroup: number,
  ranges: readonly number[],
  ordinals: Uint32Array,
): RowGroupUnit {
  const table = index.rowRanges();
  const runs: StreamRuns = {
    stream: ordinals,
    firstRow: Uint32Array.from(ranges, (at) => table.firstRow[at]),
    rowCount: Uint32Array.from(ranges, (at) => table.rowCount[at]),
    minTimestamp: BigInt64Array.from(ranges, (at) => table.minTimestamp[at]),
    maxTimestamp: BigInt64Array.from(ranges, (at) => table.maxTimestamp[at]),
    lineBytes: Float64Array.from(ranges, (at) => table.lineBytes[at]),
  };
  return {
    kind: 'RowGroup',
    ...summarizeRuns(runs),
    excluded: [],
    chunkKey: index.summary.chunkKey,
    rowGroup,
    totalRows: index.rowGroups().rowCount[rowGroup],
    runs,
    columns: index.columnPages(rowGroup),
  };
}

/** The same unit with some of its runs only. */
export function withRuns(
  unit: RowGroupUnit,
  kept: readonly number[],
  excluded: readonly StreamTimeRange[],
): RowGroupUnit {
  const runs: StreamRuns = {
    stream: Uint32Array.from(kept, (run) => unit.runs.stream[run]),
    firstRow: Uint32Array.from(kept, (run) => unit.runs.firstRow[run]),
    rowCount: Uint32Array.from(kept, (run) => unit.runs.rowCount[run]),
    minTimestamp: BigInt64Array.from(kept, (run) => unit.runs.minTimestamp[run]),
    maxTimestamp: BigInt64Array.from(kept, (run) => unit.runs.maxTimestamp[run]),
    lineBytes: Float64Array.from(kept, (run) => unit.runs.lineBytes[run]),
  };
  return { ...unit, ...summarizeRuns(runs), excluded, runs };
}

function summarizeRuns({ rowCount, lineBytes, minTimestamp, maxTimestamp }: StreamRuns) {
  let min = minTimestamp[0];
  let max = maxTimestamp[0];
  for (let run = 1; run < rowCount.length; run++) {
    if (minTimestamp[run] < min) min = minTimestamp[run];
    if (maxTimestamp[run] > max) max = maxTimestamp[run];
  }
  return {
    rowCount: rowCount.reduce((sum, count) => sum + count, 0),
    lineBytes: lineBytes.reduce((sum, bytes) => sum + bytes, 0),
    minTimestamp: min,
    maxTimestamp: max,
  };
}
