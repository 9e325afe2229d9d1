import type { CellFields } from '../cell-store.ts';
import type { RangeAccumulator, SampleRows } from '../range-accumulator.ts';

/** stdvar_over_time and stddev_over_time: of the population, by Welford (fact 36). Fields: count, mean, sum of squares. */
export class VarianceOverTime implements RangeAccumulator {
  readonly fieldCount = 3;
  readonly #root: boolean;

  constructor(kind: 'stdvar' | 'stddev') {
    this.#root = kind === 'stddev';
  }

  add(fields: CellFields, { count, cells, values }: SampleRows): void {
    const [counts, means, squares] = fields as [Float64Array, Float64Array, Float64Array];
    for (let i = 0; i < count; i++) {
      const cell = cells[i];
      const value = values[i];
      const n = counts[cell] + 1;
      const delta = value - means[cell];
      const mean = means[cell] + delta / n;
      counts[cell] = n;
      means[cell] = mean;
      squares[cell] += delta * (value - mean);
    }
  }

  merge(into: CellFields, at: number, from: CellFields, index: number): void {
    const [counts, means, squares] = into as [Float64Array, Float64Array, Float64Array];
    const before = counts[at];
    const added = from[0][index];
    const total = before + added;
    const delta = from[1][index] - means[at];
    squares[at] += from[2][index] + (delta * delta * before * added) / total;
    means[at] += (delta * added) / total;
    counts[at] = total;
  }

  value(fields: CellFields, at: number): number {
    const variance = fields[2][at] / fields[0][at];
    return this.#root ? Math.sqrt(variance) : variance;
  }
}
