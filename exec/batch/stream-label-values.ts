import type { Labels } from '../../src/common/labels.ts';
import { ByteArena } from './byte-arena.ts';

const UNKNOWN = -2;
const MISSING = -1;

/**
 * One stream label as UTF-8 by query stream ordinal, encoded when a stream is first asked for. Shared by all batches of
 * a stream table, so that a label costs once per stream and query.
 */
export class StreamLabelValues {
  readonly #arena = new ByteArena();
  readonly #name: string;
  readonly #table: readonly Labels[];
  #starts: Int32Array;
  #ends: Int32Array;

  constructor(table: readonly Labels[], name: string) {
    this.#table = table;
    this.#name = name;
    this.#starts = new Int32Array(table.length).fill(UNKNOWN);
    this.#ends = new Int32Array(table.length);
  }

  get heap(): Uint8Array {
    return this.#arena.bytes;
  }

  /** Where the label's value begins in `heap`, or a negative number when the stream does not have the label. */
  start(ordinal: number): number {
    const start = this.#starts[ordinal];
    return start === undefined || start === UNKNOWN ? this.#resolve(ordinal) : start;
  }

  end(ordinal: number): number {
    return this.#ends[ordinal];
  }

  has(ordinal: number): boolean {
    return this.start(ordinal) >= 0;
  }

  #resolve(ordinal: number): number {
    if (ordinal >= this.#starts.length) this.#grow();
    const value = this.#table[ordinal]?.get(this.#name);
    if (value === undefined) {
      this.#starts[ordinal] = MISSING;
      return MISSING;
    }
    const start = this.#arena.appendText(value);
    this.#starts[ordinal] = start;
    this.#ends[ordinal] = this.#arena.size;
    return start;
  }

  /** A head's stream table grows while a query reads it. */
  #grow(): void {
    const starts = new Int32Array(this.#table.length).fill(UNKNOWN);
    starts.set(this.#starts);
    const ends = new Int32Array(this.#table.length);
    ends.set(this.#ends);
    this.#starts = starts;
    this.#ends = ends;
  }
}

/**
 * What is known of a stream table across the batches of a query: which label names occur among the streams met so far,
 * and the values of those labels that were asked for.
 */
export class StreamTableIndex {
  readonly #table: readonly Labels[];
  readonly #values = new Map<string, StreamLabelValues>();
  readonly #names = new Set<string>();
  #met: Uint8Array;

  constructor(table: readonly Labels[]) {
    this.#table = table;
    this.#met = new Uint8Array(table.length);
  }

  /** Takes note of the streams of the selected rows. */
  meet(stream: Uint32Array, selection: Uint32Array, selectedCount: number): void {
    let last = -1;
    for (let i = 0; i < selectedCount; i++) {
      const ordinal = stream[selection[i]];
      if (ordinal === last) continue;
      last = ordinal;
      if (this.#met[ordinal] !== 1) this.#meetStream(ordinal);
    }
  }

  /** Whether a stream met so far has the label. */
  mayHave(name: string): boolean {
    return this.#names.has(name);
  }

  /** Label names of the streams met so far. */
  names(): Iterable<string> {
    return this.#names;
  }

  values(name: string): StreamLabelValues {
    let values = this.#values.get(name);
    if (values === undefined) {
      values = new StreamLabelValues(this.#table, name);
      this.#values.set(name, values);
    }
    return values;
  }

  #meetStream(ordinal: number): void {
    if (ordinal >= this.#met.length) {
      const grown = new Uint8Array(Math.max(this.#table.length, ordinal + 1));
      grown.set(this.#met);
      this.#met = grown;
    }
    this.#met[ordinal] = 1;
    for (const [name] of this.#table[ordinal]?.pairs ?? []) this.#names.add(name);
  }
}

const byTable = new WeakMap<readonly Labels[], StreamTableIndex>();

/** The shared index of a stream table. */
export function streamTableIndex(table: readonly Labels[]): StreamTableIndex {
  let index = byTable.get(table);
  if (index === undefined) {
    index = new StreamTableIndex(table);
    byTable.set(table, index);
  }
  return index;
}
