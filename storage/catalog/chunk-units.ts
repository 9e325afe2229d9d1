import type { RowGroupUnit, StreamRuns, StreamTimeRange } from '../../src/common/scan-unit.ts';
import type { TimeRange } from '../../src/common/time.ts';
import type { ChunkIndex } from '../index/chunk-index.ts';
import type { RowGroupTable } from '../index/index-content.ts';
import { selectStreams, type ValueTest } from '../index/select-streams.ts';
import { selectedRanges } from './selected-ranges.ts';
import type { StreamInterner } from './stream-interner.ts';

/** What a query finds in one chunk, before query stream ordinals exist. */
export interface ChunkMatch {
  readonly index: ChunkIndex;
  /** Numbers of row ranges, ascending. */
  readonly ranges: Uint32Array;
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
  return { index, ranges, streamIds: interner.idsIn(index, pick(index.rowRanges().stream, ranges)) };
}

/** One unit per row group with a matching range. `places`: by interner id, query stream ordinal + 1. */
export function unitsOfChunk({ index, ranges, streamIds }: ChunkMatch, places: Uint32Array): RowGroupUnit[] {
  const { groupStart } = index.rowRanges();
  const units: RowGroupUnit[] = [];
  let group = 0;
  for (let first = 0; first < ranges.length;) {
    while (groupStart[group + 1] <= ranges[first]) group++;
    let last = first + 1;
    while (last < ranges.length && ranges[last] < groupStart[group + 1]) last++;
    const ordinals = new Uint32Array(last - first);
    for (let i = first; i < last; i++) ordinals[i - first] = places[streamIds[i]] - 1;
    units.push(buildUnit(index, group, ranges.subarray(first, last), ordinals));
    first = last;
  }
  return units;
}

function buildUnit(index: ChunkIndex, rowGroup: number, ranges: Uint32Array, ordinals: Uint32Array): RowGroupUnit {
  const table = index.rowRanges();
  const runs = pickRuns(table, ranges, ordinals);
  const groups = index.rowGroups();
  const isWhole = ranges.length === table.groupStart[rowGroup + 1] - table.groupStart[rowGroup];
  return {
    kind: 'RowGroup',
    ...(isWhole ? summaryOf(groups, rowGroup) : summarizeRuns(runs)),
    excluded: [],
    chunkKey: index.summary.chunkKey,
    rowGroup,
    totalRows: groups.rowCount[rowGroup],
    soundJson: groups.soundJson[rowGroup] === 1,
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
  const positions = Uint32Array.from(kept);
  const runs = pickRuns(unit.runs, positions, pick(unit.runs.stream, positions));
  return { ...unit, ...summarizeRuns(runs), excluded, runs };
}

/** The runs at these ascending positions, with the given query stream ordinals. Views where they are neighbours. */
function pickRuns(table: RunTable, positions: Uint32Array, stream: Uint32Array): StreamRuns {
  const count = positions.length;
  const first = positions[0];
  if (count > 0 && positions[count - 1] - first === count - 1) {
    return {
      stream,
      firstRow: table.firstRow.subarray(first, first + count),
      rowCount: table.rowCount.subarray(first, first + count),
      minTimestamp: table.minTimestamp.subarray(first, first + count),
      maxTimestamp: table.maxTimestamp.subarray(first, first + count),
      lineBytes: new Float64Array(table.lineBytes.subarray(first, first + count)),
    };
  }
  const runs = {
    stream,
    firstRow: pick(table.firstRow, positions),
    rowCount: pick(table.rowCount, positions),
    minTimestamp: new BigInt64Array(count),
    maxTimestamp: new BigInt64Array(count),
    lineBytes: new Float64Array(count),
  };
  for (let i = 0; i < count; i++) {
    const at = positions[i];
    runs.minTimestamp[i] = table.minTimestamp[at];
    runs.maxTimestamp[i] = table.maxTimestamp[at];
    runs.lineBytes[i] = table.lineBytes[at];
  }
  return runs;
}

type RunTable = Omit<StreamRuns, 'lineBytes'> & { readonly lineBytes: Float64Array | Uint32Array };

function pick(table: Uint32Array, positions: Uint32Array): Uint32Array {
  const picked = new Uint32Array(positions.length);
  for (let i = 0; i < picked.length; i++) picked[i] = table[positions[i]];
  return picked;
}

function summaryOf({ rowCount, lineBytes, minTimestamp, maxTimestamp }: RowGroupTable, rowGroup: number) {
  return {
    rowCount: rowCount[rowGroup],
    lineBytes: lineBytes[rowGroup],
    minTimestamp: minTimestamp[rowGroup],
    maxTimestamp: maxTimestamp[rowGroup],
  };
}

function summarizeRuns({ rowCount, lineBytes, minTimestamp, maxTimestamp }: StreamRuns) {
  let [min, max] = [minTimestamp[0], maxTimestamp[0]];
  let [rows, bytes] = [0, 0];
  for (let run = 0; run < rowCount.length; run++) {
    if (minTimestamp[run] < min) min = minTimestamp[run];
    if (maxTimestamp[run] > max) max = maxTimestamp[run];
    rows += rowCount[run];
    bytes += lineBytes[run];
  }
  return { rowCount: rows, lineBytes: bytes, minTimestamp: min, maxTimestamp: max };
}
