import { NO_GROUPS } from '../../exec/aggregate/group-list.ts';
import { sortSamples } from '../../exec/aggregate/sample-windows.ts';
import { timestampNs } from '../dataset/timeline.ts';
import { madeNginxLines } from './made-lines.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';

const GROUPS = 40;
const UNITS = 8;

/** Samples as they come from several units, each in time order, into the order of group and time. */
export const benchmarks: readonly MicroBenchmark[] = [
  {
    name: 'order samples by group and time',
    unit: 'rows/s',
    prepare: (count) => {
      const times = madeNginxLines(count).map(({ offsetNs }) => timestampNs(offsetNs));
      const unitOf = (i: number): number => i % UNITS;
      const rows = times.map((timestamp, i) => ({ timestamp, unit: unitOf(i), group: (i * 7) % GROUPS, value: i }));
      rows.sort((a, b) => a.unit - b.unit);
      const samples = {
        kind: 'Samples',
        groups: NO_GROUPS,
        count,
        group: Uint32Array.from(rows, ({ group }) => group),
        timestamp: BigInt64Array.from(rows, ({ timestamp }) => timestamp),
        rank: Uint32Array.from(rows, ({ unit }) => unit),
        value: Float64Array.from(rows, ({ value }) => value),
      } as const;
      const checksum = (values: Iterable<number>): number => {
        let sum = 0;
        let at = 0;
        for (const value of values) sum = (sum + value * (++at % 1009)) % 1_000_003;
        return sum;
      };
      // Times ascend with the value here.
      const expected = checksum(
        [...rows].sort((a, b) => a.group - b.group || a.value - b.value).map(({ value }) => value),
      );
      return { work: count, run: () => checksum(sortSamples(samples, GROUPS).values), expected };
    },
  },
];
