import fc from 'fast-check';
import { expect, test } from 'vitest';
import { must } from '../../src/common/assert.ts';
import { bucketGrid, bucketOf } from '../aggregate/bucket-grid.ts';
import { RunTotals } from '../aggregate/run-totals.ts';
import { canTakeRows, takeRows } from './take-rows.ts';
import { TakenRows } from './taken-rows.ts';

const DAY = 86_400_000_000_000n;
const BASE = 20_000n * DAY;

const shape = fc.record({
  // Times of rows by run, in nanoseconds of the day; few distinct ones, so that borders are met.
  runs: fc.array(
    fc.array(fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 86_399 })), { maxLength: 30 }),
    { minLength: 1, maxLength: 8 },
  ),
  stepNs: fc.constantFrom(1n, 7n, 10n, 1_000_000_000n, 3600n * 1_000_000_000n, 40n * DAY),
  rangeSteps: fc.integer({ min: 1, max: 9 }),
  windows: fc.integer({ min: 1, max: 40 }),
  firstWindow: fc.integer({ min: -5, max: 70 }),
  unitNs: fc.constantFrom(1n, 1_000_000_000n),
  rangeFrom: fc.integer({ min: -10, max: 70 }),
  rangeLength: fc.nat(100_000),
  taken: fc.array(fc.tuple(fc.nat(200), fc.integer({ min: 1, max: 5 })), { maxLength: 5 }),
  areDense: fc.boolean(),
});

test('counts each row that is in the range and not taken once, in its bucket', () => {
  let counted = 0;
  fc.assert(
    fc.property(shape, (given) => {
      const { unitNs, stepNs } = given;
      const lists = given.runs.filter((run) => run.length > 0).map((run) => [...run].sort((a, b) => a - b));
      const times = lists.flatMap((run) => run.map((at) => BASE + BigInt(at) * unitNs));
      const startNs = BASE + BigInt(given.firstWindow) * unitNs;
      const grid = bucketGrid(
        { startNs, endNs: startNs + BigInt(given.windows - 1) * stepNs, stepNs },
        stepNs * BigInt(given.rangeSteps),
        0n,
      );
      expect(canTakeRows(grid)).toBe(true);
      const range = { start: BASE + BigInt(given.rangeFrom) * unitNs, end: 0n };
      range.end = range.start + BigInt(given.rangeLength) * unitNs;
      const offsets = Uint32Array.from({ length: times.length + 1 }, (_, row) => row * row);
      const taken = new TakenRows(times.length);
      const isTaken = new Uint8Array(times.length + 300);
      let next = 0;
      for (const [gap, length] of given.taken) {
        const first = next + (gap % 20);
        taken.pass(first, length);
        isTaken.fill(1, first, first + length);
        next = first + length;
      }
      const group = Uint32Array.from(lists, (_, run) => run % 2);
      const totals = new RunTotals(grid, null, given.areDense ? { group, count: 2 } : null);
      if (times.length === 0) return;
      const byTime = [...times].sort((a, b) => (a < b ? -1 : 1));
      const unit = { runs: runsOf(lists, times), minTimestamp: must(byTime[0]), maxTimestamp: must(byTime.at(-1)) };
      const rows = takeRows(unit, range, taken, totals, {
        timestamps: BigInt64Array.from(times),
        offsets,
      });

      const expected = new Map<string, [number, number]>();
      let inRange = 0;
      let row = 0;
      for (const [run, list] of lists.entries()) {
        for (let i = 0; i < list.length; i++, row++) {
          const at = must(times[row]);
          if (isTaken[row] === 1 || at < range.start || at >= range.end) continue;
          inRange++;
          add(expected, given.areDense ? run % 2 : run, bucketOf(grid, at), 1, 2 * row + 1);
        }
      }
      counted += inRange;
      expect(rows).toBe(inRange);
      const { streams, buckets, fields } = totals.drain();
      const found = new Map<string, [number, number]>();
      for (const [i, stream] of streams.entries()) {
        add(found, stream, must(buckets[i]), must(fields[0][i]), must(fields[1][i]));
      }
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
    }),
    { numRuns: 500 },
  );
  expect(counted).toBeGreaterThan(1000);
});

function add(sums: Map<string, [number, number]>, key: number, bucket: number, rows: number, bytes: number): void {
  if (bucket < 0) return;
  const [knownRows, knownBytes] = sums.get(`${key} ${bucket}`) ?? [0, 0];
  sums.set(`${key} ${bucket}`, [knownRows + rows, knownBytes + bytes]);
}

/** Run i has stream i. */
function runsOf(lists: readonly (readonly number[])[], times: readonly bigint[]) {
  let row = 0;
  const firstRow = lists.map((list) => (row += list.length) - list.length);
  return {
    stream: Uint32Array.from(lists.keys()),
    firstRow: Uint32Array.from(firstRow),
    rowCount: Uint32Array.from(lists, (list) => list.length),
    minTimestamp: BigInt64Array.from(firstRow, (first) => must(times[first])),
    maxTimestamp: BigInt64Array.from(firstRow, (first, i) => must(times[first + must(lists[i]).length - 1])),
    lineBytes: new Float64Array(lists.length),
  };
}

test('steps whose distances are no exact numbers are left alone', () => {
  const stepNs = 60n * DAY;
  expect(canTakeRows(bucketGrid({ startNs: BASE, endNs: BASE, stepNs }, stepNs, 0n))).toBe(false);
  // Windows do not begin where steps end.
  expect(canTakeRows(bucketGrid({ startNs: BASE, endNs: BASE + DAY, stepNs: DAY }, DAY / 2n, 0n))).toBe(false);
});
