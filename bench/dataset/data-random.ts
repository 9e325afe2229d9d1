import { seededRandom } from '../../test/support/seeded-random.ts';

/** Random choices from a seed: the same seed makes the same data. */
export class DataRandom {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = seededRandom(seed);
  }

  /** Uniform in [0, 1). */
  next(): number {
    return this.#next();
  }

  /** A whole number in [0, end). */
  below(end: number): number {
    return Math.floor(this.#next() * end);
  }

  oneOf<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  /** Lower-case hexadecimal digits, a multiple of 4 of them. */
  hex(digits: number): string {
    let text = '';
    for (let i = 0; i < digits; i += 4) text += HEX4[this.below(65536)];
    return text;
  }

  ipAddress(): string {
    return `10.${this.below(256)}.${this.below(256)}.${this.below(256)}`;
  }

  /** A source of indices of `weights`, each as likely as its weight (Walker's alias method). */
  weighted(weights: readonly number[]): () => number {
    const { keep, other } = aliasTable(weights);
    return () => {
      const i = this.below(weights.length);
      return this.#next() < keep[i] ? i : other[i];
    };
  }
}

const HEX4 = Array.from({ length: 65536 }, (_, i) => i.toString(16).padStart(4, '0'));

/** Weights of a Zipf law over `count` ranks: a few are frequent, most are rare. */
export function zipfWeights(count: number, exponent: number): number[] {
  return Array.from({ length: count }, (_, rank) => (rank + 1) ** -exponent);
}

function aliasTable(weights: readonly number[]): { keep: Float64Array; other: Int32Array } {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const keep = Float64Array.from(weights, (weight) => (weight * weights.length) / total);
  const other = Int32Array.from(weights, (_, i) => i);
  const small: number[] = [];
  const large: number[] = [];
  keep.forEach((share, i) => (share < 1 ? small : large).push(i));
  for (let s = small.pop(), l = large.pop(); s !== undefined && l !== undefined; s = small.pop()) {
    other[s] = l;
    keep[l] -= 1 - keep[s];
    if (keep[l] < 1) {
      small.push(l);
      l = large.pop();
    }
  }
  // What rounding left over is kept whole.
  for (const i of [...small, ...large]) keep[i] = 1;
  return { keep, other };
}
