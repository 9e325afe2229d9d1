import { BucketAssigner, bucketGrid, bucketOf } from '../../exec/aggregate/bucket-grid.ts';
import { CellStore } from '../../exec/aggregate/cell-store.ts';
import { CountOverTime } from '../../exec/aggregate/range/count-over-time.ts';
import { NS_PER_SECOND } from '../../src/common/time.ts';
import { END_S, START_S, timestampNs } from '../dataset/timeline.ts';
import { madeNginxLines } from './made-lines.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';

const GROUPS = 4;
const noBudget = { reserve: () => undefined, release: () => undefined, peakBytes: 0 };

/** Rows of a few groups into windows of `rangeS` every `stepS` seconds, as `count_over_time` does. */
function windowAggregation(name: string, stepS: number, rangeS: number): MicroBenchmark {
  return {
    name: `count into windows, ${name}`,
    unit: 'rows/s',
    prepare: (count) => {
      const startNs = BigInt(START_S) * NS_PER_SECOND;
      const endNs = BigInt(END_S) * NS_PER_SECOND;
      const grid = bucketGrid(
        { startNs, endNs, stepNs: BigInt(stepS) * NS_PER_SECOND },
        BigInt(rangeS) * NS_PER_SECOND,
        0n,
      );
      const timestamps = BigInt64Array.from(madeNginxLines(count), ({ offsetNs }) => timestampNs(offsetNs));
      const rows = Uint32Array.from(timestamps, (_, row) => row);
      const groups = Uint32Array.from(rows, (row) => row % GROUPS);
      const halves = new Int32Array(timestamps.buffer);
      const assigner = new BucketAssigner(grid);
      const buckets = new Int32Array(count);
      const cells = new Uint32Array(count);
      const accumulator = new CountOverTime(1);
      const run = (): number => {
        const store = new CellStore(grid.bucketCount, 1, noBudget);
        assigner.assign(timestamps, rows, count, buckets);
        store.locate(groups, buckets, count, GROUPS, cells);
        const values = new Float64Array(0);
        accumulator.add(store.fields, { count, cells, values, halves, rows, rank: 0, streams: groups });
        return store.fields[0].reduce((sum, value, cell) => sum + value * (cell % 7), 0);
      };
      return { work: count, run, expected: plainCount(timestamps, groups) };

      /** One row after the other, cells in the order in which groups and buckets come. */
      function plainCount(times: BigInt64Array, groupOf: Uint32Array): number {
        const store = new CellStore(grid.bucketCount, 1, noBudget);
        times.forEach((time, row) => {
          const cell = new Uint32Array(1);
          store.locate(groupOf.subarray(row, row + 1), Int32Array.of(bucketOf(grid, time)), 1, GROUPS, cell);
          store.fields[0][cell[0]]++;
        });
        return store.fields[0].reduce((sum, value, cell) => sum + value * (cell % 7), 0);
      }
    },
  };
}

export const benchmarks: readonly MicroBenchmark[] = [
  windowAggregation('step = range', 60, 60),
  windowAggregation('range of 5 steps', 60, 300),
];
