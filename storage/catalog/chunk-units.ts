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
  const runs = pickRuns(table, ranges, ordinals);
  const { rowCount, soundJson } = index.rowGroups();
  return {
    kind: 'RowGroup',
    ...summarizeRuns(runs),
    excluded: [],
    chunkKey: index.summary.chunkKey,
    rowGroup,
    totalRows: rowCount[rowGroup],
    soundJson: soundJson[rowGroup] === 1,
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
  const ordinals = new Uint32Array(kept.length);
  for (let i = 0; i < kept.length; i++) ordinals[i] = unit.runs.stream[kept[i]];
  const runs = pickRuns(unit.runs, kept, ordinals);
  return { ...unit, ...summarizeRuns(runs), excluded, runs };
}

/** The runs at these positions, with the given query stream ordinals. */
function pickRuns(table: RunTable, positions: readonly number[], stream: Uint32Array): StreamRuns {
  const count = positions.length;
  const runs = {
    stream,
    firstRow: new Uint32Array(count),
    rowCount: new Uint32Array(count),
    minTimestamp: new BigInt64Array(count),
    maxTimestamp: new BigInt64Array(count),
    lineBytes: new Float64Array(count),
  };
  for (let i = 0; i < count; i++) {
    const at = positions[i];
    runs.firstRow[i] = table.firstRow[at];
    runs.rowCount[i] = table.rowCount[at];
    runs.minTimestamp[i] = table.minTimestamp[at];
    runs.maxTimestamp[i] = table.maxTimestamp[at];
    runs.lineBytes[i] = table.lineBytes[at];
  }
  return runs;
}

type RunTable = Omit<StreamRuns, 'lineBytes'> & { readonly lineBytes: Float64Array | Uint32Array };

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
