import type { CellFields } from '../cell-store.ts';
import type { RangeAccumulator, SampleRows } from '../range-accumulator.ts';

/**
 * sum_over_time, rate with unwrap, bytes_over_time and bytes_rate: sum of the values divided by `divisor` (facts 33, 34).
 */
export class SumOverTime implements RangeAccumulator {
  readonly fieldCount = 2;
  readonly #divisor: number;

  constructor(divisor: number) {
    this.#divisor = divisor;
  }

  add(fields: CellFields, { count, cells, values }: SampleRows): void {
    const counts = fields[0] as Float64Array;
    const sums = fields[1] as Float64Array;
    for (let i = 0; i < count; i++) {
      const cell = cells[i] as number;
      (counts[cell] as number) += 1;
      (sums[cell] as number) += values[i] as number;
    }
  }

  merge(into: CellFields, at: number, from: CellFields, index: number): void {
    ((into[0] as Float64Array)[at] as number) += (from[0] as Float64Array)[index] as number;
    ((into[1] as Float64Array)[at] as number) += (from[1] as Float64Array)[index] as number;
  }

  value(fields: CellFields, at: number): number {
    return ((fields[1] as Float64Array)[at] as number) / this.#divisor;
  }
}
