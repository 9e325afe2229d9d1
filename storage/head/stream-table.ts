import type { Labels } from '../../src/common/labels.ts';
import { GrowableInt32 } from './growable.ts';
import { isAfter } from './columns.ts';
import { Postings } from './postings.ts';

const NEVER_HIGH = -0x80000000;

/** Streams of a head: ordinals, postings, and for each stream how far it is and how far it is committed. */
export class StreamTable {
  readonly streams: Labels[] = [];
  readonly postings = new Postings(this.streams);
  readonly #ordinals = new Map<string, number>();
  readonly #lastHigh = new GrowableInt32(NEVER_HIGH);
  readonly #lastLow = new GrowableInt32(0);
  readonly #committedHigh = new GrowableInt32(NEVER_HIGH);
  readonly #committedLow = new GrowableInt32(0);
  /** 1 where something of the stream is committed. */
  readonly #isCommitted = new GrowableInt32(0);
  readonly #lastCommitted: (streamKey: string) => bigint | undefined;

  /** `lastCommitted` tells the newest committed timestamp of a stream; asked once per stream. */
  constructor(lastCommitted: (streamKey: string) => bigint | undefined) {
    this.#lastCommitted = lastCommitted;
  }

  ordinalOf(labels: Labels): number {
    const known = this.#ordinals.get(labels.key);
    return known ?? this.#add(labels);
  }

  has(labels: Labels): boolean {
    return this.#ordinals.has(labels.key);
  }

  #add(labels: Labels): number {
    const ordinal = this.streams.push(labels) - 1;
    this.#ordinals.set(labels.key, ordinal);
    this.postings.add(ordinal, labels);
    for (const column of [this.#lastHigh, this.#lastLow, this.#committedHigh, this.#committedLow, this.#isCommitted]) {
      column.reserve(ordinal + 1);
    }
    const committed = this.#lastCommitted(labels.key);
    if (committed === undefined) return ordinal;
    const high = Number(BigInt.asIntN(32, committed >> 32n));
    const low = Number(BigInt.asIntN(32, committed));
    this.#lastHigh.items[ordinal] = high;
    this.#lastLow.items[ordinal] = low;
    this.commit(ordinal, high, low);
    return ordinal;
  }

  /** If the timestamp is newer than all of the stream, it becomes the last one. */
  advance(ordinal: number, high: number, low: number): boolean {
    const lastHigh = this.#lastHigh.items;
    const lastLow = this.#lastLow.items;
    if (!isAfter(high, low, lastHigh[ordinal], lastLow[ordinal])) return false;
    lastHigh[ordinal] = high;
    lastLow[ordinal] = low;
    return true;
  }

  lastHigh(ordinal: number): number {
    return this.#lastHigh.items[ordinal];
  }

  lastLow(ordinal: number): number {
    return this.#lastLow.items[ordinal];
  }

  /** Whether entries of the stream at or after this timestamp are committed: the same entry may be among them. */
  isLate(ordinal: number, high: number, low: number): boolean {
    if (this.#isCommitted.items[ordinal] === 0) return false;
    return !isAfter(high, low, this.#committedHigh.items[ordinal], this.#committedLow.items[ordinal]);
  }

  /** Entries of the stream up to this timestamp are committed. */
  commit(ordinal: number, high: number, low: number): void {
    this.#isCommitted.items[ordinal] = 1;
    const committedHigh = this.#committedHigh.items;
    const committedLow = this.#committedLow.items;
    if (!isAfter(high, low, committedHigh[ordinal], committedLow[ordinal])) return;
    committedHigh[ordinal] = high;
    committedLow[ordinal] = low;
  }
}
