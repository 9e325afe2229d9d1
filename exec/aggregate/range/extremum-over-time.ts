import type { CellFields } from '../cell-store.ts';
import type { RangeAccumulator, SampleRows } from '../range-accumulator.ts';

/** min_over_time and max_over_time: NaN only when all values are NaN (fact 35). Fields: count, value. */
export class ExtremumOverTime implements RangeAccumulator {
  readonly fieldCount = 2;
  /** max is min of negated values: 1 or -1. */
  readonly #sign: number;

  constructor(kind: 'min' | 'max') {
    this.#sign = kind === 'min' ? 1 : -1;
  }

  add(fields: CellFields, { count, cells, values }: SampleRows): void {
    const counts = fields[0];
    const best = fields[1];
    const sign = this.#sign;
    for (let i = 0; i < count; i++) {
      const cell = cells[i];
      const value = values[i] * sign;
      const before = best[cell];
      if (counts[cell] === 0 || value < before || before !== before) best[cell] = value;
      counts[cell] += 1;
    }
  }

  merge(into: CellFields, at: number, from: CellFields, index: number): void {
    const [counts, best] = into as [Float64Array, Float64Array];
    const value = from[1][index];
    const before = best[at];
    if (counts[at] === 0 || value < before || before !== before) best[at] = value;
    counts[at] += from[0][index];
  }

  value(fields: CellFields, at: number): number {
    return fields[1][at] * this.#sign;
  }
}
