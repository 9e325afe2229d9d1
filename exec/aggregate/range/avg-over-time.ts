import type { CellFields } from '../cell-store.ts';
import type { RangeAccumulator, SampleRows } from '../range-accumulator.ts';
import { mergeMeans } from '../running-mean.ts';

/** avg_over_time: a running mean (fact 35). Fields: count, mean. */
export class AvgOverTime implements RangeAccumulator {
  readonly fieldCount = 2;

  add(fields: CellFields, { count, cells, values }: SampleRows): void {
    const counts = fields[0];
    const means = fields[1];
    for (let i = 0; i < count; i++) {
      const cell = cells[i];
      const before = counts[cell];
      means[cell] = mergeMeans(means[cell], before, values[i], 1);
      counts[cell] = before + 1;
    }
  }

  merge(into: CellFields, at: number, from: CellFields, index: number): void {
    const [counts, means] = into as [Float64Array, Float64Array];
    const before = counts[at];
    const added = from[0][index];
    means[at] = mergeMeans(means[at], before, from[1][index], added);
    counts[at] = before + added;
  }

  value(fields: CellFields, at: number): number {
    return fields[1][at];
  }
}
