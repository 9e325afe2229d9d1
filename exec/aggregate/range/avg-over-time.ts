import type { CellFields } from '../cell-store.ts';
import type { RangeAccumulator, SampleRows } from '../range-accumulator.ts';
import { mergeMeans } from '../running-mean.ts';

/** avg_over_time: a running mean (fact 35). Fields: count, mean. */
export class AvgOverTime implements RangeAccumulator {
  readonly fieldCount = 2;

  add(fields: CellFields, { count, cells, values }: SampleRows): void {
    const counts = fields[0] as Float64Array;
    const means = fields[1] as Float64Array;
    for (let i = 0; i < count; i++) {
      const cell = cells[i] as number;
      const before = counts[cell] as number;
      means[cell] = mergeMeans(means[cell] as number, before, values[i] as number, 1);
      counts[cell] = before + 1;
    }
  }

  merge(into: CellFields, at: number, from: CellFields, index: number): void {
    const [counts, means] = into as [Float64Array, Float64Array];
    const before = counts[at] as number;
    const added = (from[0] as Float64Array)[index] as number;
    means[at] = mergeMeans(means[at] as number, before, (from[1] as Float64Array)[index] as number, added);
    counts[at] = before + added;
  }

  value(fields: CellFields, at: number): number {
    return (fields[1] as Float64Array)[at] as number;
  }
}
