import { expect, test } from 'vitest';
import { Labels } from '../../src/common/labels.ts';
import type { RowGroupUnit } from '../../src/common/scan-unit.ts';
import { bucketGrid } from '../aggregate/bucket-grid.ts';
import { RunTotals } from '../aggregate/run-totals.ts';
import { takeRuns } from './take-runs.ts';
import { toldBy } from './told-by.ts';

type Run = readonly [stream: number, firstRow: number, rowCount: number, min: bigint, max: bigint];

function unitOf(runs: readonly Run[], excluded: RowGroupUnit['excluded'] = []): RowGroupUnit {
  return {
    kind: 'RowGroup',
    chunkKey: 't/d/chunk/1.arrow',
    rowGroup: 0,
    totalRows: 100,
    soundJson: false,
    rowCount: 0,
    lineBytes: 0,
    minTimestamp: runs.reduce((least, [, , , min]) => (min < least ? min : least), runs[0]?.[3] ?? 0n),
    maxTimestamp: runs.reduce((most, [, , , , max]) => (max > most ? max : most), runs[0]?.[4] ?? 0n),
    excluded,
    columns: [],
    runs: {
      stream: Uint32Array.from(runs, ([stream]) => stream),
      firstRow: Uint32Array.from(runs, ([, firstRow]) => firstRow),
      rowCount: Uint32Array.from(runs, ([, , rowCount]) => rowCount),
      minTimestamp: BigInt64Array.from(runs, ([, , , min]) => min),
      maxTimestamp: BigInt64Array.from(runs, ([, , , , max]) => max),
      lineBytes: Float64Array.from(runs, ([, , rowCount]) => rowCount * 10),
    },
  };
}

/** Windows (0, 10] and (10, 20]. */
const totals = () => new RunTotals(bucketGrid({ startNs: 10n, endNs: 20n, stepNs: 10n }, 10n, 0n));
const always = () => 'stream' as const;
const RANGE = { start: 1n, end: 21n };
const RUNS: readonly Run[] = [
  [0, 5, 3, 1n, 10n],
  [1, 10, 2, 10n, 11n],
  [2, 20, 4, 11n, 20n],
  [3, 30, 1, 20n, 21n],
];

test('takes runs that lie in one window and in the range', () => {
  const into = totals();
  const taken = takeRuns(unitOf(RUNS), RANGE, into, always);
  expect([taken.rowCount, taken.isAll]).toEqual([7, false]);
  const { streams, buckets, fields } = into.drain();
  expect([[...streams], [...buckets], ...fields.map((field) => [...field])]).toEqual([
    [0, 2],
    [0, 1],
    [3, 4],
    [30, 40],
  ]);
  expect(into.drain().streams).toHaveLength(0);
});

test('leaves the rows of the others', () => {
  const taken = takeRuns(unitOf(RUNS), RANGE, totals(), always);
  const rows = Uint32Array.from([5, 6, 7, 10, 11, 20, 21, 22, 23, 30]);
  expect([...taken.without(rows)]).toEqual([10, 11, 30]);
});

test('says when nothing is left', () => {
  expect(takeRuns(unitOf(RUNS.slice(0, 1)), RANGE, totals(), always).isAll).toBe(true);
});

test('a unit from which rows are excluded is read', () => {
  const unit = unitOf(RUNS, [{ stream: 0, minTimestamp: 1n, maxTimestamp: 2n }]);
  expect(takeRuns(unit, RANGE, totals(), always).rowCount).toBe(0);
});

test('outside of all windows there may still be windows in between', () => {
  expect(takeRuns(unitOf([[0, 0, 9, 0n, 30n]]), { start: -100n, end: 100n }, totals(), always).rowCount).toBe(0);
});

test('runs of streams that do not tell the series are left', () => {
  const taken = takeRuns(unitOf(RUNS), RANGE, totals(), (stream) => (stream === 2 ? 'stream' : 'row'));
  expect([...taken.without(Uint32Array.of(5, 20, 23, 30))]).toEqual([5, 30]);
});

// Spec fact 122: metadata with the name of a stream label has another name in the answer.
test.each([
  ['no metadata', [], 'all', ['stream', 'stream', 'stream']],
  ['metadata that nobody asks for', ['level', 'metadata.trace'], ['app'], ['stream', 'stream', 'stream']],
  ['everything is asked for', ['level'], 'all', ['level', 'level', 'row']],
  ['everything, and there is more than the level', ['level', 'metadata.x'], 'all', ['row', 'row', 'row']],
  ['a column of its own', ['metadata.app'], ['app'], ['stream', 'row', 'row']],
  ['the level', ['level'], ['detected_level'], ['level', 'level', 'stream']],
  ['the level and more', ['level', 'metadata.app'], ['detected_level', 'app'], ['level', 'row', 'row']],
  [
    'the level has a column, so it is not in the map',
    ['metadata', 'level'],
    ['detected_level'],
    ['level', 'level', 'stream'],
  ],
  ['the level may be in the map', ['metadata'], ['detected_level'], ['row', 'row', 'stream']],
  ['perhaps in the map', ['metadata'], ['app'], ['stream', 'row', 'row']],
  ['nothing asked for', ['metadata', 'level'], [], ['stream', 'stream', 'stream']],
] as const)('what tells the series: %s', (_, stored, names, expected) => {
  const streams = [{ app: 'a' }, { job: 'b' }, { detected_level: 'x' }].map((record) => Labels.fromRecord(record));
  const columns = stored.map((name) => ({ name, type: 'utf8' as const, nullCount: 1, pages: [], dictionary: null }));
  expect([0, 1, 2].map(toldBy({ ...unitOf([]), columns }, names, streams))).toEqual(expected);
});
