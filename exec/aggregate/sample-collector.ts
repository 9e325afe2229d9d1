import type { MemoryBudget } from '../operator.ts';
import type { GroupList } from './group-list.ts';
import type { SamplePartial } from './partial-aggregate.ts';

const FIRST_ROWS = 1024;
const ROW_BYTES = 24;

/** Keeps samples as columns. */
export class SampleCollector {
  readonly #budget: MemoryBudget;
  #count = 0;
  #group = new Uint32Array(FIRST_ROWS);
  #timestamp = new BigInt64Array(FIRST_ROWS);
  #rank = new Uint32Array(FIRST_ROWS);
  #value = new Float64Array(FIRST_ROWS);
  #reserved = 0;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
    this.#reserve(FIRST_ROWS * ROW_BYTES);
  }

  get count(): number {
    return this.#count;
  }

  /** Adds sample i of group `groups[i]` with the timestamp of row `rows[i]`. */
  add(
    groups: Uint32Array,
    timestamps: BigInt64Array,
    rows: Uint32Array,
    rank: number,
    values: Float64Array,
    count: number,
  ): void {
    this.#grow(this.#count + count);
    const from = new Uint32Array(timestamps.buffer, timestamps.byteOffset, timestamps.length * 2);
    const to = new Uint32Array(this.#timestamp.buffer);
    for (let i = 0; i < count; i++) {
      const at = this.#count + i;
      const row = rows[i];
      this.#group[at] = groups[i];
      to[2 * at] = from[2 * row];
      to[2 * at + 1] = from[2 * row + 1];
      this.#rank[at] = rank;
      this.#value[at] = values[i];
    }
    this.#count += count;
  }

  /** Adds a worker's samples; `groups` are their numbers here by their numbers there. */
  append(partial: SamplePartial, groups: Uint32Array): void {
    const { count } = partial;
    this.#grow(this.#count + count);
    for (let i = 0; i < count; i++) this.#group[this.#count + i] = groups[partial.group[i]];
    this.#timestamp.set(partial.timestamp.subarray(0, count), this.#count);
    this.#rank.set(partial.rank.subarray(0, count), this.#count);
    this.#value.set(partial.value.subarray(0, count), this.#count);
    this.#count += count;
  }

  partial(groups: GroupList): SamplePartial {
    return {
      kind: 'Samples',
      groups,
      count: this.#count,
      group: this.#group,
      timestamp: this.#timestamp,
      rank: this.#rank,
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
    this.#reserve((length - before) * ROW_BYTES);
    const group = new Uint32Array(length);
    group.set(this.#group);
    const timestamp = new BigInt64Array(length);
    timestamp.set(this.#timestamp);
    const rank = new Uint32Array(length);
    rank.set(this.#rank);
    const value = new Float64Array(length);
    value.set(this.#value);
    [this.#group, this.#timestamp, this.#rank, this.#value] = [group, timestamp, rank, value];
  }

  #reserve(sizeBytes: number): void {
    this.#budget.reserve(sizeBytes);
    this.#reserved += sizeBytes;
  }
}
