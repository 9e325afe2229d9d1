import { isUtf8 } from 'node:buffer';
import { ByteInterner } from '../../src/common/byte-interner.ts';
import type { Labels } from '../../src/common/labels.ts';
import { decodeUtf8 } from '../../src/common/utf8.ts';
import type { LabelReader } from '../batch/label-columns.ts';
import type { MemoryBudget } from '../operator.ts';
import { GroupCursor, GroupEntry, groupLabels, groupLabelsBytes, type GroupList } from './group-list.ts';

/** A label of rows that may tell their group. */
export interface NamedReader {
  readonly name: string;
  readonly reader: LabelReader;
}

/**
 * The groups of an aggregation: label sets, numbered from 0 in the order in which they were first seen. They are kept as
 * bytes: of most groups nobody asks for the labels in the thread that found them.
 */
export class GroupTable {
  readonly #budget: MemoryBudget;
  readonly #given: number;
  #entries = new ByteInterner();
  #shapes: (readonly string[])[] = [];
  readonly #shapeNumbers = new Map<string, number>();
  readonly #entry = new GroupEntry();
  #last: { readonly labels: Labels; readonly shape: number } | null = null;
  #reserved = 0;

  /** `given`: groups that somebody else has numbered, from 0 on. */
  constructor(budget: MemoryBudget, given = 0) {
    this.#budget = budget;
    this.#given = given;
  }

  get size(): number {
    return this.#given + this.#entries.count;
  }

  /** The groups that nobody else has numbered, as they are now. */
  list(): GroupList {
    return { shapes: [...this.#shapes], count: this.#entries.count, ...this.#entries.packed() };
  }

  /** Their label sets; the budget pays for them until `release`. */
  labels(): Labels[] {
    const list = this.list();
    this.#reserve(groupLabelsBytes(list));
    return groupLabels(list);
  }

  number(labels: Labels): number {
    const entry = this.#entry;
    entry.begin(this.#shapeOf(labels));
    for (const [, value] of labels.pairs) entry.text(value);
    return this.#intern(entry.bytes, 0, entry.length);
  }

  /** The number of a row's group: the labels of these names, sorted, that it has. */
  numberOfRow(named: readonly NamedReader[], row: number): number {
    const present = named.filter(({ reader }) => reader.at(row));
    const entry = this.#entry;
    entry.begin(this.#shape(present.map(({ name }) => name)));
    for (const { reader } of present) {
      const { heap, start, end } = reader;
      if (isUtf8(heap.subarray(start, end))) entry.value(heap, start, end);
      else entry.text(decodeUtf8(heap, start, end));
    }
    return this.#intern(entry.bytes, 0, entry.length);
  }

  /** The numbers of the groups of a list. */
  numbersOf(list: GroupList): Uint32Array {
    const { offsets, bytes, count } = list;
    const shapes = list.shapes.map((names) => this.#shape(names));
    const isSame = shapes.every((shape, i) => shape === i);
    const numbers = new Uint32Array(count);
    const cursor = new GroupCursor(list);
    for (let i = 0; i < count; i++) {
      if (isSame) numbers[i] = this.#intern(bytes, offsets[i], offsets[i + 1]);
      else {
        const shape = cursor.enter(offsets[i]);
        this.#entry.begin(shapes[shape]);
        for (let n = list.shapes[shape].length; n > 0; n--) {
          cursor.next();
          this.#entry.value(bytes, cursor.start, cursor.end);
        }
        numbers[i] = this.#intern(this.#entry.bytes, 0, this.#entry.length);
      }
    }
    return numbers;
  }

  release(): void {
    this.#budget.release(this.#reserved);
    this.#reserved = 0;
    // New ones: the old ones may be in a partial result.
    this.#entries = new ByteInterner();
    this.#shapes = [];
    this.#shapeNumbers.clear();
    this.#last = null;
  }

  #intern(bytes: Uint8Array, start: number, end: number): number {
    const before = this.#entries.sizeBytes;
    const number = this.#given + this.#entries.intern(bytes, start, end);
    const grown = this.#entries.sizeBytes - before;
    if (grown > 0) this.#reserve(grown);
    return number;
  }

  #shapeOf(labels: Labels): number {
    if (this.#last === null || !labels.hasSameNames(this.#last.labels)) {
      this.#last = { labels, shape: this.#shape(labels.pairs.map(([name]) => name)) };
    }
    return this.#last.shape;
  }

  #shape(names: readonly string[]): number {
    const key = JSON.stringify(names);
    const known = this.#shapeNumbers.get(key);
    if (known !== undefined) return known;
    this.#shapeNumbers.set(key, this.#shapes.length);
    return this.#shapes.push(names) - 1;
  }

  #reserve(sizeBytes: number): void {
    this.#budget.reserve(sizeBytes);
    this.#reserved += sizeBytes;
  }
}
