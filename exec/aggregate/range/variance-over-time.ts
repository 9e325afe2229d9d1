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
      const cell = cells[i] as number;
      const value = values[i] as number;
      const n = (counts[cell] as number) + 1;
      const delta = value - (means[cell] as number);
      const mean = (means[cell] as number) + delta / n;
      counts[cell] = n;
      means[cell] = mean;
      (squares[cell] as number) += delta * (value - mean);
    }
  }

  merge(into: CellFields, at: number, from: CellFields, index: number): void {
    const [counts, means, squares] = into as [Float64Array, Float64Array, Float64Array];
    const before = counts[at] as number;
    const added = (from[0] as Float64Array)[index] as number;
    const total = before + added;
    const delta = ((from[1] as Float64Array)[index] as number) - (means[at] as number);
    (squares[at] as number) += ((from[2] as Float64Array)[index] as number) + (delta * delta * before * added) / total;
    (means[at] as number) += (delta * added) / total;
    counts[at] = total;
  }

  value(fields: CellFields, at: number): number {
    const variance = ((fields[2] as Float64Array)[at] as number) / ((fields[0] as Float64Array)[at] as number);
    return this.#root ? Math.sqrt(variance) : variance;
  }
}
