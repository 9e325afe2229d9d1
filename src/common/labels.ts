import { goQuote } from './go-quote.ts';
import { compareUtf8 } from './utf8.ts';

/** One name and its value. */
export type LabelPair = readonly [name: string, value: string];

/**
 * An immutable label set: sorted by name in byte order, no name twice, no empty value unless a stage set it on
 * purpose (spec fact 23). `key` is its canonical text `{a="b", c="d"}`: equal sets have equal keys.
 */
export class Labels {
  static readonly empty = new Labels([]);
  readonly pairs: readonly LabelPair[];
  #key: string | undefined;

  private constructor(pairs: readonly LabelPair[]) {
    this.pairs = pairs;
  }

  /** From pairs in any order; of a name given twice, the last value stays. Empty values are kept. */
  static from(pairs: Iterable<LabelPair>): Labels {
    const byName = new Map<string, string>();
    for (const [name, value] of pairs) byName.set(name, value);
    return new Labels([...byName].sort(([a], [b]) => compareUtf8(a, b)));
  }

  /** From pairs that are already sorted by name and unique. */
  static fromSorted(pairs: readonly LabelPair[]): Labels {
    return pairs.length === 0 ? Labels.empty : new Labels(pairs);
  }

  static fromRecord(this: void, record: Readonly<Record<string, string>>): Labels {
    return Labels.from(Object.entries(record));
  }

  get size(): number {
    return this.pairs.length;
  }

  /** The value of `name`, or undefined. Label sets are small: a scan beats a map. */
  get(name: string): string | undefined {
    for (const pair of this.pairs) if (pair[0] === name) return pair[1];
    return undefined;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  hasSameNames(other: Labels): boolean {
    if (this.pairs.length !== other.pairs.length) return false;
    for (let i = 0; i < this.pairs.length; i++) if (this.pairs[i][0] !== other.pairs[i][0]) return false;
    return true;
  }

  /** Only these names (grouping `by`); names that are absent stay absent (spec fact 44). The same object if these are all. */
  pick(names: readonly string[]): Labels {
    if (this.pairs.every((pair) => names.includes(pair[0]))) return this;
    return Labels.fromSorted(this.pairs.filter((pair) => names.includes(pair[0])));
  }

  /** All but these names (grouping `without`). The same object if it has none of them. */
  omit(names: readonly string[]): Labels {
    const kept = this.pairs.filter((pair) => !names.includes(pair[0]));
    return kept.length === this.pairs.length ? this : Labels.fromSorted(kept);
  }

  /** With `name` set to `value`. */
  with(name: string, value: string): Labels {
    return Labels.from([...this.pairs, [name, value]]);
  }

  get key(): string {
    this.#key ??= `{${this.pairs.map(([name, value]) => `${name}=${goQuote(value)}`).join(', ')}}`;
    return this.#key;
  }

  toString(): string {
    return this.key;
  }

  toRecord(): Record<string, string> {
    return Object.fromEntries(this.pairs);
  }

  /** Prometheus order: name, then value, pair by pair; a prefix comes first (spec fact 63). */
  static compare(this: void, a: Labels, b: Labels): number {
    const length = Math.min(a.pairs.length, b.pairs.length);
    for (let i = 0; i < length; i++) {
      const aPair = a.pairs[i];
      const bPair = b.pairs[i];
      const order = compareUtf8(aPair[0], bPair[0]) || compareUtf8(aPair[1], bPair[1]);
      if (order !== 0) return order;
    }
    return a.pairs.length - b.pairs.length;
  }
}
