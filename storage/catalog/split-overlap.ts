import type { HeadUnit, OverlapUnit, RowGroupUnit, ScanUnit, StreamTimeRange } from '../../src/common/scan-unit.ts';
import { floorDiv, NS_PER_DAY } from '../../src/common/time.ts';
import { rangesByStream } from '../read/time-ranges.ts';
import { withRuns } from './chunk-units.ts';
import { contestedRanges, type SourceInterval } from './contested-ranges.ts';

/** Rows of the parts of one OverlapUnit, about: what a reader compares at once. */
const OVERLAP_ROWS_TARGET = 262_144;

/** The source of head units: no object key has this form. */
const HEAD = '';

/** A range of late data that several sources have, and the units that have rows in it. */
interface Piece {
  readonly range: StreamTimeRange;
  /** Row group units by run: positions in `chunkUnits`, and the run. */
  readonly runs: readonly { readonly unit: number; readonly run: number }[];
  /** Positions in `headUnits`. */
  readonly heads: readonly number[];
}

/**
 * Turns late data into OverlapUnits. Entries of a stream in one of `late` (query stream ordinals) may lie in several
 * chunks, or in a chunk and the head; where they do, the units exclude the range and an OverlapUnit has it. Within one
 * chunk, and within the head, entries are distinct, so a range that only one of them touches stays where it is.
 */
export function splitOverlap(
  chunkUnits: readonly RowGroupUnit[],
  headUnits: readonly HeadUnit[],
  late: readonly StreamTimeRange[],
): ScanUnit[] {
  const pieces = late.length === 0 ? [] : findPieces(chunkUnits, headUnits, mergeRanges(late));
  if (pieces.length === 0) return [...chunkUnits, ...headUnits];
  const ranges = pieces.map(({ range }) => range);
  const rangesOf = rangesByStream(ranges);
  const units: ScanUnit[] = [];
  for (const unit of chunkUnits) {
    const rest = excludeFromChunk(unit, rangesOf);
    if (rest !== null) units.push(rest);
  }
  for (const unit of headUnits) units.push({ ...unit, excluded: ranges.filter((range) => headTouches(unit, range)) });
  for (const group of groupPieces(pieces, chunkUnits)) units.push(buildOverlap(group, chunkUnits, headUnits));
  return units;
}

/** Per stream disjoint ranges, cut at UTC midnight as chunks are; sorted by stream, then time. */
export function mergeRanges(ranges: readonly StreamTimeRange[]): StreamTimeRange[] {
  const sorted = [...ranges].sort((a, b) => a.stream - b.stream || (a.minTimestamp < b.minTimestamp ? -1 : 1));
  const merged: StreamTimeRange[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last === undefined || last.stream !== range.stream || last.maxTimestamp < range.minTimestamp)
      merged.push(range);
    else if (range.maxTimestamp > last.maxTimestamp)
      merged[merged.length - 1] = { ...last, maxTimestamp: range.maxTimestamp };
  }
  return merged.flatMap(cutAtMidnight);
}

/** A stray timestamp may be years away: ranges are cut into at most this many days. */
const DAYS_MAX = 366;

function cutAtMidnight(range: StreamTimeRange): StreamTimeRange[] {
  const first = floorDiv(range.minTimestamp, NS_PER_DAY);
  const last = floorDiv(range.maxTimestamp, NS_PER_DAY);
  if (first === last || last - first > DAYS_MAX) return [range];
  const cut: StreamTimeRange[] = [];
  for (let day = first; day <= last; day++) {
    cut.push({
      stream: range.stream,
      minTimestamp: day === first ? range.minTimestamp : day * NS_PER_DAY,
      maxTimestamp: day === last ? range.maxTimestamp : (day + 1n) * NS_PER_DAY - 1n,
    });
  }
  return cut;
}

/** What of the ranges more than one chunk, or a chunk and the head, have rows in. */
function findPieces(
  chunkUnits: readonly RowGroupUnit[],
  headUnits: readonly HeadUnit[],
  ranges: readonly StreamTimeRange[],
): Piece[] {
  const runsOf = runsByStream(chunkUnits, new Set(ranges.map(({ stream }) => stream)));
  const headIntervals = headUnits.map(({ minTimestamp, maxTimestamp }) => ({
    source: HEAD,
    minTimestamp,
    maxTimestamp,
  }));
  const pieces: Piece[] = [];
  for (const late of ranges) {
    const lateRuns = runsOf.get(late.stream) ?? [];
    const intervals = lateRuns.map(({ unit, run }): SourceInterval => {
      const { chunkKey, runs } = chunkUnits[unit];
      return { source: chunkKey, minTimestamp: runs.minTimestamp[run], maxTimestamp: runs.maxTimestamp[run] };
    });
    for (const range of contestedRanges(late, [...intervals, ...headIntervals])) {
      const runs = lateRuns.filter(({ unit, run }) => runTouches(chunkUnits[unit], run, range));
      const heads = headUnits.flatMap((unit, i) => (headTouches(unit, range) ? [i] : []));
      pieces.push({ range, runs, heads });
    }
  }
  return pieces;
}

function runsByStream(units: readonly RowGroupUnit[], streams: ReadonlySet<number>) {
  const runsOf = new Map<number, { unit: number; run: number }[]>();
  for (const [unit, { runs }] of units.entries()) {
    for (let run = 0; run < runs.stream.length; run++) {
      const stream = runs.stream[run];
      if (!streams.has(stream)) continue;
      const known = runsOf.get(stream);
      if (known === undefined) runsOf.set(stream, [{ unit, run }]);
      else known.push({ unit, run });
    }
  }
  return runsOf;
}

function runTouches({ runs }: RowGroupUnit, run: number, { minTimestamp, maxTimestamp }: StreamTimeRange): boolean {
  return runs.minTimestamp[run] <= maxTimestamp && runs.maxTimestamp[run] >= minTimestamp;
}

function headTouches(unit: HeadUnit, { minTimestamp, maxTimestamp }: StreamTimeRange): boolean {
  return unit.minTimestamp <= maxTimestamp && unit.maxTimestamp >= minTimestamp;
}

/** The unit without the ranges: runs that lie in one of them are gone. Null when nothing is left. */
function excludeFromChunk(
  unit: RowGroupUnit,
  rangesOf: ReadonlyMap<number, readonly StreamTimeRange[]>,
): RowGroupUnit | null {
  const kept: number[] = [];
  const excluded: StreamTimeRange[] = [];
  for (let run = 0; run < unit.runs.stream.length; run++) {
    const touching = (rangesOf.get(unit.runs.stream[run]) ?? []).filter((range) => runTouches(unit, run, range));
    const isGone = touching.some(
      ({ minTimestamp, maxTimestamp }) =>
        minTimestamp <= unit.runs.minTimestamp[run] && unit.runs.maxTimestamp[run] <= maxTimestamp,
    );
    if (isGone) continue;
    kept.push(run);
    excluded.push(...touching);
  }
  if (kept.length === 0) return null;
  return kept.length === unit.runs.stream.length && excluded.length === 0 ? unit : withRuns(unit, kept, excluded);
}

/** Pieces of one day with neighbouring streams, about OVERLAP_ROWS_TARGET rows together. */
function groupPieces(pieces: readonly Piece[], chunkUnits: readonly RowGroupUnit[]): Piece[][] {
  const dayOf = ({ range }: Piece) => floorDiv(range.minTimestamp, NS_PER_DAY);
  const sorted = [...pieces].sort((a, b) => Number(dayOf(a) - dayOf(b)) || a.range.stream - b.range.stream);
  const groups: Piece[][] = [];
  let rows = 0;
  for (const piece of sorted) {
    const pieceRows = piece.runs.reduce((sum, { unit, run }) => sum + chunkUnits[unit].runs.rowCount[run], 0);
    const group = groups.at(-1);
    if (group === undefined || dayOf(group[0]) !== dayOf(piece) || rows + pieceRows > OVERLAP_ROWS_TARGET) {
      groups.push([piece]);
      rows = pieceRows;
    } else {
      group.push(piece);
      rows += pieceRows;
    }
  }
  return groups;
}

function buildOverlap(
  pieces: readonly Piece[],
  chunkUnits: readonly RowGroupUnit[],
  headUnits: readonly HeadUnit[],
): OverlapUnit {
  const runsOfUnit = new Map<number, Set<number>>();
  const heads = new Set<number>();
  const streams = new Set<number>();
  for (const piece of pieces) {
    streams.add(piece.range.stream);
    for (const head of piece.heads) heads.add(head);
    for (const { unit, run } of piece.runs) runsOfUnit.set(unit, (runsOfUnit.get(unit) ?? new Set()).add(run));
  }
  const parts: (RowGroupUnit | HeadUnit)[] = [];
  for (const [unit, runs] of runsOfUnit)
    parts.push(
      withRuns(
        chunkUnits[unit],
        [...runs].sort((a, b) => a - b),
        [],
      ),
    );
  for (const head of heads) parts.push(withStreams(headUnits[head], streams));
  const ranges = pieces.map(({ range }) => range);
  return {
    kind: 'Overlap',
    rowCount: parts.reduce((sum, part) => sum + part.rowCount, 0),
    lineBytes: parts.reduce((sum, part) => sum + part.lineBytes, 0),
    minTimestamp: ranges.reduce(
      (min, range) => (range.minTimestamp < min ? range.minTimestamp : min),
      ranges[0].minTimestamp,
    ),
    maxTimestamp: ranges.reduce(
      (max, range) => (range.maxTimestamp > max ? range.maxTimestamp : max),
      ranges[0].maxTimestamp,
    ),
    excluded: [],
    ranges,
    parts,
  };
}

/** The unit with these query streams only. */
function withStreams(unit: HeadUnit, streams: ReadonlySet<number>): HeadUnit {
  const streamMap = unit.streamMap.map((selected) => (selected > 0 && streams.has(selected - 1) ? selected : 0));
  return { ...unit, streamMap, excluded: [] };
}
