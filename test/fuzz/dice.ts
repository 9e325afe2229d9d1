import { seededRandom } from '../support/seeded-random.ts';

/** Choices that depend on nothing but a seed. */
export class Dice {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = seededRandom(seed);
  }

  /** Whole number, both bounds included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.#next() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(0, items.length - 1)];
  }

  /** Between `min` and `max` different items, in the order of `items`. */
  some<T>(items: readonly T[], min: number, max: number): T[] {
    const left = [...items];
    const count = Math.min(this.int(min, max), items.length);
    const chosen = Array.from({ length: count }, () => left.splice(this.int(0, left.length - 1), 1)[0]);
    return items.filter((item) => chosen.includes(item));
  }

  /** Runs one of the functions. */
  one<T>(makers: readonly (() => T)[]): T {
    return this.pick(makers)();
  }

  list<T>(min: number, max: number, make: (index: number) => T): T[] {
    return Array.from({ length: this.int(min, max) }, (_, index) => make(index));
  }
}
