import type { CellFields } from '../cell-store.ts';
import type { RangeAccumulator, SampleRows } from '../range-accumulator.ts';

/** count_over_time, and rate without unwrap: number of samples divided by `divisor` (fact 33). */
export class CountOverTime implements RangeAccumulator {
  readonly fieldCount = 1;
  readonly #divisor: number;

  constructor(divisor: number) {
    this.#divisor = divisor;
  }

  add(fields: CellFields, { count, cells }: SampleRows): void {
    const counts = fields[0];
    for (let i = 0; i < count; i++) counts[cells[i]] += 1;
  }

  merge(into: CellFields, at: number, from: CellFields, index: number): void {
    into[0][at] += from[0][index];
  }

  value(fields: CellFields, at: number): number {
    return fields[0][at] / this.#divisor;
  }
}
