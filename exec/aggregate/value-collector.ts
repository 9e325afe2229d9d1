import type { MemoryBudget } from '../operator.ts';
import type { GroupList } from './group-list.ts';
import type { ValuePartial } from './partial-aggregate.ts';

const FIRST_ROWS = 1024;
/** Bytes that a value takes in a partial result. */
export const PARTIAL_VALUE_BYTES = 16;

/** Keeps the values of samples, with their groups and buckets, as columns. */
export class ValueCollector {
  readonly #budget: MemoryBudget;
  #count = 0;
  #group = new Uint32Array(FIRST_ROWS);
  #bucket = new Uint32Array(FIRST_ROWS);
  #value = new Float64Array(FIRST_ROWS);
  #reserved = 0;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
    this.#reserve(FIRST_ROWS * PARTIAL_VALUE_BYTES);
  }

  /** Buckets are in the grid. */
  add(groups: Uint32Array, buckets: Int32Array, values: Float64Array, count: number): void {
    this.#grow(this.#count + count);
    this.#group.set(groups.subarray(0, count), this.#count);
    this.#bucket.set(buckets.subarray(0, count), this.#count);
    this.#value.set(values.subarray(0, count), this.#count);
    this.#count += count;
  }

  partial(groups: GroupList): ValuePartial {
    return {
      kind: 'Values',
      groups,
      count: this.#count,
      group: this.#group,
      bucket: this.#bucket,
      value: this.#value,
    };
  }

  release(): void {
    this.#budget.release(this.#reserved);
    this.#reserved = 0;
  }

  #grow(count: number): void {
    const before = this.#group.length;
    if (count <= before) return;
    const length = Math.max(count, before * 2);
    this.#reserve((length - before) * PARTIAL_VALUE_BYTES);
    const group = new Uint32Array(length);
    group.set(this.#group);
    const bucket = new Uint32Array(length);
    bucket.set(this.#bucket);
    const value = new Float64Array(length);
    value.set(this.#value);
    [this.#group, this.#bucket, this.#value] = [group, bucket, value];
  }

  #reserve(sizeBytes: number): void {
    this.#budget.reserve(sizeBytes);
    this.#reserved += sizeBytes;
  }
}
