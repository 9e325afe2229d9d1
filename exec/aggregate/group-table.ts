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
  /** Sets of one label, by name and value: no text has to be made to look them up. */
  readonly #byOnlyName = new Map<string, Map<string, number>>();
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
    const numbers = labels.size === 1 ? this.#numbersOf(labels.pairs[0][0]) : this.#numbers;
    const key = labels.size === 1 ? labels.pairs[0][1] : labels.key;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const number = this.add(labels);
    numbers.set(key, number);
    return number;
  }

  /** The number of a group that is not looked for, nor found by `number`: where the caller knows that it is new. */
  add(labels: Labels): number {
    const number = this.size;
    let characters = 0;
    for (const [name, value] of labels.pairs) characters += name.length + value.length;
    const sizeBytes = GROUP_BYTES + labels.size * PAIR_BYTES + Math.ceil(characters * KEY_CHARACTER_BYTES);
    this.#budget.reserve(sizeBytes);
    this.#reserved += sizeBytes;
    this.#labels.push(labels);
    return number;
  }

  #numbersOf(name: string): Map<string, number> {
    let numbers = this.#byOnlyName.get(name);
    if (numbers === undefined) this.#byOnlyName.set(name, (numbers = new Map<string, number>()));
    return numbers;
  }

  release(): void {
    this.#budget.release(this.#reserved);
    this.#reserved = 0;
    // A new list: the old one may be in a partial result.
    this.#labels = [];
    this.#numbers.clear();
    this.#byOnlyName.clear();
  }
}
