import { Labels } from '../../../common/labels.ts';
import type { ScanUnit, StreamTimeRange } from '../../../common/scan-unit.ts';
import type { FindAnswer, FindStatistics } from '../../../../storage/catalog/storage-catalog.ts';

/** What one tenant answered, with its streams already under the labels that the common answer shows. */
export interface TenantAnswer {
  readonly streams: readonly Labels[];
  readonly found: FindAnswer;
}

/** One answer out of several whose streams differ: streams numbered anew, units as they were but for the numbers. */
export function mergeAnswers(answers: readonly TenantAnswer[]): FindAnswer {
  const all = answers.flatMap(({ streams }, answer) => streams.map((labels, ordinal) => ({ labels, answer, ordinal })));
  all.sort((a, b) => Labels.compare(a.labels, b.labels));
  const ordinals = answers.map(({ streams }) => new Uint32Array(streams.length));
  all.forEach(({ answer, ordinal }, merged) => (ordinals[answer][ordinal] = merged));
  return {
    streams: all.map(({ labels }) => labels),
    units: answers.flatMap(({ found }, answer) => found.units.map((unit) => renumber(unit, ordinals[answer]))),
    headBlocks: new Map(answers.flatMap(({ found }) => [...found.headBlocks])),
    statistics: answers.map(({ found }) => found.statistics).reduce(add, NOTHING),
  };
}

function renumber<Unit extends ScanUnit>(unit: Unit, ordinals: Uint32Array): Unit;
function renumber(unit: ScanUnit, ordinals: Uint32Array): ScanUnit {
  const excluded = unit.excluded.map((range) => renumberRange(range, ordinals));
  switch (unit.kind) {
    case 'RowGroup': {
      const stream = unit.runs.stream.map((ordinal) => ordinals[ordinal]);
      return { ...unit, excluded, runs: { ...unit.runs, stream } };
    }
    case 'Head': {
      const streamMap = unit.streamMap.map((next) => (next === 0 ? 0 : ordinals[next - 1] + 1));
      return { ...unit, excluded, streamMap };
    }
    case 'Overlap': {
      const ranges = unit.ranges.map((range) => renumberRange(range, ordinals));
      return { ...unit, excluded, ranges, parts: unit.parts.map((part) => renumber(part, ordinals)) };
    }
  }
}

function renumberRange(range: StreamTimeRange, ordinals: Uint32Array): StreamTimeRange {
  return { ...range, stream: ordinals[range.stream] };
}

const NOTHING: FindStatistics = {
  chunksTotal: 0,
  chunksMatched: 0,
  rowGroupsTotal: 0,
  rowGroupsMatched: 0,
  headRows: 0,
  lookupMs: 0,
};

/** Lookups run side by side, so that the slowest is what they took. */
function add(a: FindStatistics, b: FindStatistics): FindStatistics {
  return {
    chunksTotal: a.chunksTotal + b.chunksTotal,
    chunksMatched: a.chunksMatched + b.chunksMatched,
    rowGroupsTotal: a.rowGroupsTotal + b.rowGroupsTotal,
    rowGroupsMatched: a.rowGroupsMatched + b.rowGroupsMatched,
    headRows: a.headRows + b.headRows,
    lookupMs: Math.max(a.lookupMs, b.lookupMs),
  };
}
