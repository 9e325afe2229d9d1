import type { Labels } from '../../src/common/labels.ts';
import type { MemoryBudget } from '../operator.ts';

/**
 * What a group costs, measured with the heap of Node 24: objects and table entry, the same for each pair, and bytes for each
 * character of the key, which is there as a key and as names and values.
 */
const GROUP_BYTES = 400;
const PAIR_BYTES = 96;
const KEY_CHARACTER_BYTES = 2.2;

/** The groups of an aggregation: label sets, numbered from 0 in the order in which they were first seen. */
export class GroupTable {
  #labels: Labels[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #budget: MemoryBudget;
  readonly #given: number;
  #reserved = 0;

  /** `given`: groups that somebody else has numbered, from 0 on. */
  constructor(budget: MemoryBudget, given = 0) {
    this.#budget = budget;
    this.#given = given;
  }

  get size(): number {
    return this.#given + this.#labels.length;
  }

  get labels(): readonly Labels[] {
    return this.#labels;
  }

  number(labels: Labels): number {
    const { key } = labels;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.size;
    const sizeBytes = GROUP_BYTES + labels.size * PAIR_BYTES + Math.ceil(key.length * KEY_CHARACTER_BYTES);
    this.#budget.reserve(sizeBytes);
    this.#reserved += sizeBytes;
    this.#labels.push(labels);
    this.#numbers.set(key, number);
    return number;
  }

  release(): void {
    this.#budget.release(this.#reserved);
    this.#reserved = 0;
    // A new list: the old one may be in a partial result.
    this.#labels = [];
    this.#numbers.clear();
  }
}
