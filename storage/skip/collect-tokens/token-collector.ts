import { Kernel } from '../../../src/common/web-assembly.ts';
import { LongTokens } from '../long-tokens.ts';
import { LENGTHS_PER_GROUP } from '../skip-table.ts';
import { TokenLengths } from '../token-lengths.ts';
import { KIND_OF_BYTE, LONG_TOKENS, longLevelOf, MASKS, NEIGHBOUR_KINDS } from '../tokens.ts';
import { COLLECT_TOKENS_WASM } from './collect-tokens-wasm.ts';

const STEP = 16;
/** Lines are taken so many bytes at a time, or one by one where they are longer: what is made of them stays in the cache. */
const SLICE_BYTES = 16 << 10;
const SLICE_LINES = 4096;
const SLOTS_MIN = 16 << 10;
const LEVELS = 1 + LONG_TOKENS.length;
const LENGTHS = NEIGHBOUR_KINDS * LENGTHS_PER_GROUP;
const EVENT_BYTES = 12;

/** As in collect-tokens.as. */
const KIND_OF_BYTE_AT = 0;
const FIRST_BYTES_AT = 256;
const LONGEST_AT = 1024;
const KNOWN_AT = 47616;
const LISTED_AT = 48000;
const ADDED_AT = 48016;
const SLOTS_AT = 48128;

interface Functions {
  collect(
    bytes: number,
    folded: number,
    classes: number,
    runs: number,
    edges: number,
    starts: number,
    lasts: number,
    offsets: number,
    count: number,
    slots: number,
    slotMask: number,
    events: number,
  ): number;
  addHash(slots: number, slotMask: number, hash: number): number;
  rehash(from: number, count: number, slots: number, slotMask: number): void;
  fillFilter(slots: number, slotCount: number, words: number, wordCount: number, hashCount: number): void;
}

/** Addresses of what a slice of lines needs. */
interface Slice {
  readonly bytes: number;
  readonly folded: number;
  readonly classes: number;
  readonly runs: number;
  readonly edges: number;
  readonly starts: number;
  readonly lasts: number;
  readonly offsets: number;
  readonly events: number;
  readonly end: number;
}

/**
 * What a row group's tokens are: distinct hashes, lengths, and the long ones. WebAssembly, 16 bytes a step. Tokens that may
 * make a part longer or belong in a list are told by it as events, and looked at here.
 */
export class TokenCollector {
  /** Of tokens that are not long; complete after `endGroup`. */
  readonly lengths = new TokenLengths();
  /** By level of LONG_TOKENS; complete after `endGroup`. */
  readonly long: readonly LongTokens[] = LONG_TOKENS.map(() => new LongTokens());
  readonly #kernel = new Kernel<Functions>(COLLECT_TOKENS_WASM);
  #slotCount = SLOTS_MIN;
  #hashCount = 0;

  constructor() {
    this.#kernel.makeRoom(SLOTS_AT + 4 * SLOTS_MIN);
    const { bytes } = this.#kernel;
    bytes.set(KIND_OF_BYTE, KIND_OF_BYTE_AT);
    for (let count = 1; count <= STEP; count++) {
      const at = FIRST_BYTES_AT + STEP * count;
      bytes.fill(0xff, at, at + count);
    }
    this.clear();
  }

  /** Distinct hashes of tokens and pairs. */
  get hashCount(): number {
    return this.#hashCount;
  }

  /** Line i is `values[offsets[i] .. offsets[i + 1])`. */
  addLines(values: Uint8Array, offsets: Int32Array | Uint32Array): void {
    const lineCount = offsets.length - 1;
    for (let first = 0; first < lineCount;) {
      const linesMax = Math.min(lineCount, first + SLICE_LINES);
      let end = first + 1;
      while (end < linesMax && offsets[end + 1] - offsets[first] <= SLICE_BYTES) end++;
      this.#addSlice(values, offsets, first, end);
      first = end;
    }
  }

  /** Not 0. */
  addHash(hash: number): void {
    this.#reserve(1);
    this.#hashCount += this.#kernel.call.addHash(SLOTS_AT, this.#slotCount - 1, hash);
  }

  /** Makes `lengths` and `long` complete. */
  endGroup(): void {
    const { words } = this.#kernel;
    for (const [level, { longest }] of this.#allLengths().entries()) {
      longest.set(words.subarray(LONGEST_AT / 4 + level * LENGTHS, LONGEST_AT / 4 + (level + 1) * LENGTHS));
    }
  }

  /** A Bloom filter of so many words in which every hash sets `hashCount` bits. */
  filter(wordCount: number, hashCount: number): Uint32Array {
    const at = SLOTS_AT + 4 * this.#slotCount;
    this.#kernel.makeRoom(at + 4 * wordCount);
    const { words, call } = this.#kernel;
    words.fill(0, at / 4, at / 4 + wordCount);
    call.fillFilter(SLOTS_AT, this.#slotCount, at, wordCount, hashCount);
    return words.slice(at / 4, at / 4 + wordCount);
  }

  /** Forgets the row group. */
  clear(): void {
    const { words } = this.#kernel;
    words.fill(0, SLOTS_AT / 4, SLOTS_AT / 4 + this.#slotCount);
    words.fill(0, LONGEST_AT / 4, LONGEST_AT / 4 + LEVELS * LENGTHS);
    this.#hashCount = 0;
    this.lengths.clear();
    for (const tokens of this.long) tokens.clear();
    this.#tellKernel();
  }

  #addSlice(values: Uint8Array, offsets: Int32Array | Uint32Array, first: number, end: number): void {
    const from = offsets[first];
    const size = offsets[end] - from;
    this.#reserve(size);
    const slice = this.#layOut(size, end - first);
    this.#kernel.makeRoom(slice.end);
    const { bytes, words, call } = this.#kernel;
    bytes.set(values.subarray(from, from + size), slice.bytes);
    words.set(offsets.subarray(first, end + 1), slice.offsets / 4);
    const eventCount = call.collect(
      slice.bytes,
      slice.folded,
      slice.classes,
      slice.runs,
      slice.edges,
      slice.starts,
      slice.lasts,
      slice.offsets,
      end - first,
      SLOTS_AT,
      this.#slotCount - 1,
      slice.events,
    );
    this.#hashCount += words[ADDED_AT / 4];
    if (eventCount > 0) this.#takeEvents(values, slice.events / 4, eventCount);
  }

  #takeEvents(values: Uint8Array, firstWord: number, count: number): void {
    const { words } = this.#kernel;
    for (let i = 0, at = firstWord; i < count; i++, at += EVENT_BYTES / 4) {
      const [start, length, mask] = [words[at], words[at + 1], words[at + 2]];
      const end = start + length;
      if (length >= LONG_TOKENS[0]) this.long[longLevelOf(length)].note(values, start, end, mask);
      else this.lengths.note(values, start, end, mask);
    }
    this.#tellKernel();
  }

  /** Which tokens are worth an event. */
  #tellKernel(): void {
    const { words } = this.#kernel;
    for (const [level, { known }] of this.#allLengths().entries()) words.set(known, KNOWN_AT / 4 + level * MASKS);
    for (const [level, { isListed }] of this.long.entries()) words[LISTED_AT / 4 + 1 + level] = isListed ? 1 : 0;
  }

  #allLengths(): TokenLengths[] {
    return [this.lengths, ...this.long.map(({ lengths }) => lengths)];
  }

  #layOut(size: number, lines: number): Slice {
    const room = (size + 2 * STEP) & -STEP;
    const bitRoom = (room / 8 + 2 * STEP) & -STEP;
    const tokens = Math.ceil(size / 3);
    const bytes = SLOTS_AT + 4 * this.#slotCount;
    const folded = bytes + room;
    const classes = folded + room;
    const runs = classes + room;
    const edges = runs + bitRoom;
    const starts = edges + bitRoom;
    const lasts = starts + 4 * tokens;
    const offsets = lasts + 4 * tokens;
    const events = offsets + 4 * (lines + 1);
    return { bytes, folded, classes, runs, edges, starts, lasts, offsets, events, end: events + EVENT_BYTES * tokens };
  }

  /** At most half of the slots are full when lines of so many bytes were added: tokens have three bytes or more. */
  #reserve(bytes: number): void {
    const before = this.#slotCount;
    while ((this.#hashCount + Math.ceil(bytes / 3)) * 2 > this.#slotCount) this.#slotCount *= 2;
    if (this.#slotCount === before) return;
    const copyAt = SLOTS_AT + 4 * this.#slotCount;
    this.#kernel.makeRoom(copyAt + 4 * before);
    const { words, call } = this.#kernel;
    words.copyWithin(copyAt / 4, SLOTS_AT / 4, SLOTS_AT / 4 + before);
    words.fill(0, SLOTS_AT / 4, copyAt / 4);
    call.rehash(copyAt, before, SLOTS_AT, this.#slotCount - 1);
  }
}

let collector: TokenCollector | null = null;

/** The one of this thread, cleared: it keeps the memory of its largest row group. */
export function tokenCollector(): TokenCollector {
  collector ??= new TokenCollector();
  collector.clear();
  return collector;
}
