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
    const counts = fields[0];
    const sums = fields[1];
    for (let i = 0; i < count; i++) {
      const cell = cells[i];
      counts[cell] += 1;
      sums[cell] += values[i];
    }
  }

  merge(into: CellFields, at: number, from: CellFields, index: number): void {
    into[0][at] += from[0][index];
    into[1][at] += from[1][index];
  }

  value(fields: CellFields, at: number): number {
    return fields[1][at] / this.#divisor;
  }
}
