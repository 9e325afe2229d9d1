import { type LabelPair, Labels } from '../../src/common/labels.ts';
import { decodeUtf8, encodeUtf8 } from '../../src/common/utf8.ts';

/**
 * Label sets as bytes, so that tens of thousands of them cross threads and are compared without a text. Set i is the
 * entry `bytes[offsets[i] .. offsets[i + 1])`: the number of its list of names, then for each name the length of its
 * value and the value; numbers are LEB128. Offsets may begin anywhere.
 */
export interface GroupList {
  /** Lists of names, each sorted; maybe the same one more than once. */
  readonly shapes: readonly (readonly string[])[];
  readonly count: number;
  /** count + 1 positions. */
  readonly offsets: Uint32Array;
  readonly bytes: Uint8Array;
}

export const NO_GROUPS: GroupList = { shapes: [], count: 0, offsets: new Uint32Array(1), bytes: new Uint8Array(0) };

/** What a label set costs, measured with the heap of Node 24: objects, the same for each pair, and each byte of a value. */
const LABELS_BYTES = 100;
const PAIR_BYTES = 96;
const FIRST_BYTES = 256;
const NUMBER_BYTES_MAX = 5;

/** Writes one entry at a time. */
export class GroupEntry {
  bytes = new Uint8Array(FIRST_BYTES);
  length = 0;

  /** Starts a new entry. */
  begin(shape: number): void {
    this.length = 0;
    this.#number(shape);
  }

  /** The next value, valid UTF-8. */
  value(heap: Uint8Array, start: number, end: number): void {
    this.#reserve(NUMBER_BYTES_MAX + end - start);
    this.#number(end - start);
    const { bytes } = this;
    let at = this.length;
    for (let i = start; i < end; i++) bytes[at++] = heap[i];
    this.length = at;
  }

  text(value: string): void {
    const bytes = encodeUtf8(value);
    this.value(bytes, 0, bytes.length);
  }

  #number(value: number): void {
    this.#reserve(NUMBER_BYTES_MAX);
    let rest = value;
    for (; rest >= 0x80; rest >>>= 7) this.bytes[this.length++] = (rest & 0x7f) | 0x80;
    this.bytes[this.length++] = rest;
  }

  #reserve(length: number): void {
    if (this.length + length <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.length + length, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}

/** Walks through one entry of a list. */
export class GroupCursor {
  readonly #bytes: Uint8Array;
  /** Where the value lies that `next` found. */
  start = 0;
  end = 0;

  constructor({ bytes }: GroupList) {
    this.#bytes = bytes;
  }

  /** Goes to the entry at this position; returns the number of its list of names. */
  enter(offset: number): number {
    this.end = offset;
    return this.#number();
  }

  /** Goes to the next value. */
  next(): void {
    const length = this.#number();
    this.start = this.end;
    this.end = this.start + length;
  }

  #number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.end++];
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }
}

/** A list of these label sets. */
export function packGroups(sets: readonly Labels[]): GroupList {
  const entry = new GroupEntry();
  const shapes = sets.map(({ pairs }) => pairs.map(([name]) => name));
  const entries = sets.map(({ pairs }, i) => {
    entry.begin(i);
    for (const [, value] of pairs) entry.text(value);
    return entry.bytes.slice(0, entry.length);
  });
  const offsets = new Uint32Array(sets.length + 1);
  for (const [i, { length }] of entries.entries()) offsets[i + 1] = offsets[i] + length;
  return { shapes, count: sets.length, offsets, bytes: Buffer.concat(entries) };
}

/** The label sets of a list. */
export function groupLabels(list: GroupList): Labels[] {
  const cursor = new GroupCursor(list);
  return Array.from({ length: list.count }, (_, i) => labelsAt(list, cursor, i));
}

/** Memory that they take, at most. */
export function groupLabelsBytes({ shapes, count, bytes }: GroupList): number {
  const pairs = shapes.reduce((most, names) => Math.max(most, names.length), 0);
  return count * (LABELS_BYTES + pairs * PAIR_BYTES) + bytes.length;
}

function labelsAt({ shapes, offsets, bytes }: GroupList, cursor: GroupCursor, i: number): Labels {
  const names = shapes[cursor.enter(offsets[i])];
  const pairs: LabelPair[] = [];
  for (const name of names) {
    cursor.next();
    pairs.push([name, decodeUtf8(bytes, cursor.start, cursor.end)]);
  }
  return Labels.fromSorted(pairs);
}
