import { assert } from '../../src/common/assert.ts';
import { insertHash } from './bloom-filter.ts';
import { HashSet } from './hash-set.ts';
import { LENGTHS_PER_GROUP, PARTS_PER_GROUP, type SkipTable } from './skip-table.ts';
import {
  BYTE_CODE,
  HASH_PRIME,
  HASH_START,
  hashPair,
  LENGTH_MAX,
  LINE_EDGE,
  MASKS,
  NEIGHBOUR_KINDS,
  PART_SETS,
  TOKEN_CODE_MIN,
} from './tokens.ts';

/** Bits of filter per distinct token or pair: 1 of 120 that are not there seems to be. */
const BITS_PER_HASH_MAX = 10;
/** Where the size limit leaves less, a filter would let too much through to be worth its bytes. */
const BITS_PER_HASH_MIN = 5;
/** Filters of fewer words let too much through by chance. */
const WORDS_MIN = 8;
/** Lengths, parts, hash count and first word. */
const FIXED_BYTES_PER_GROUP = 2 * LENGTHS_PER_GROUP + PARTS_PER_GROUP + 5;
/** Bits set per hash and bits of filter: ln 2. */
const HASHES_PER_BIT = Math.LN2;

/**
 * Collects a skip table while row groups are written: call `addLines` and `addPair` for what the row group holds, then
 * `endGroup`. One pass over the bytes of lines, with no object per token.
 */
export class SkipTableBuilder {
  readonly #hashes = new HashSet();
  /** By neighbour behind which, neighbour in front of which, mask: length of the longest such token. */
  readonly #longest = new Int32Array(NEIGHBOUR_KINDS * LENGTHS_PER_GROUP);
  readonly #part = new Uint8Array(PARTS_PER_GROUP);
  /** By mask: longest token that cannot raise a longest part. */
  readonly #known = new Int32Array(MASKS);
  readonly #groups: FinishedGroup[] = [];

  constructor() {
    this.#clear();
  }

  /** Lines of the row group: line i is `values[offsets[i] .. offsets[i + 1])`. */
  addLines(values: Uint8Array, offsets: Int32Array | Uint32Array): void {
    for (let line = 0; line + 1 < offsets.length; line++) this.#addLine(values, offsets[line], offsets[line + 1]);
  }

  /** A pair of structured metadata of the row group; `nameHash` is `hashPairName` of its name. */
  addPair(nameHash: number, values: Uint8Array, start: number, end: number): void {
    this.#hashes.add(hashPair(nameHash, values, start, end));
  }

  /** Ends the row group. What it adds to the table is at most `bytesMax` bytes, or it gets no filter. */
  endGroup(bytesMax: number): void {
    const count = Math.max(1, this.#hashes.count);
    const wanted = Math.max(WORDS_MIN, Math.ceil((BITS_PER_HASH_MAX * count) / 32));
    const words = Math.min(wanted, Math.floor((bytesMax - FIXED_BYTES_PER_GROUP) / 4));
    this.#groups.push(words * 32 < BITS_PER_HASH_MIN * count ? NO_FILTER : this.#finishGroup(words, count));
    this.#clear();
  }

  /** Null when no row group has a filter. */
  finish(): SkipTable | null {
    const groups = this.#groups;
    if (groups.every(({ hashCount }) => hashCount === 0)) return null;
    const firstWord = new Uint32Array(groups.length + 1);
    for (const [i, { words }] of groups.entries()) firstWord[i + 1] = firstWord[i] + words.length;
    const table: SkipTable = {
      hashCount: Uint8Array.from(groups, ({ hashCount }) => hashCount),
      firstWord,
      longestAfter: new Uint8Array(groups.length * LENGTHS_PER_GROUP),
      longestBefore: new Uint8Array(groups.length * LENGTHS_PER_GROUP),
      longestPart: new Uint8Array(groups.length * PARTS_PER_GROUP),
      words: new Uint32Array(firstWord[groups.length]),
    };
    for (const [i, { after, before, part, words }] of groups.entries()) {
      table.longestAfter.set(after, i * LENGTHS_PER_GROUP);
      table.longestBefore.set(before, i * LENGTHS_PER_GROUP);
      table.longestPart.set(part, i * PARTS_PER_GROUP);
      table.words.set(words, firstWord[i]);
    }
    return table;
  }

  /**
   * The hot loop. Everything that it touches is a local: private fields cost a check each time. `slots` may grow between
   * lines only, so that a line needs room for all tokens that it may have.
   */
  #addLine(values: Uint8Array, lineStart: number, lineEnd: number): void {
    const slots = this.#hashes.reserve((lineEnd - lineStart + 1) >>> 1);
    const slotMask = slots.length - 1;
    const longest = this.#longest;
    const known = this.#known;
    let added = 0;
    let previous = LINE_EDGE;
    for (let at = lineStart; at < lineEnd; at++) {
      let code = BYTE_CODE[values[at]];
      if (code < TOKEN_CODE_MIN) {
        previous = code;
        continue;
      }
      const start = at;
      let hash = HASH_START;
      let classes = 0;
      do {
        hash = Math.imul(hash ^ (code & 0xff), HASH_PRIME);
        classes |= code;
        at++;
        code = at < lineEnd ? BYTE_CODE[values[at]] : LINE_EDGE;
      } while (code >= TOKEN_CODE_MIN);
      const key = hash === 0 ? 1 : hash;
      let slot = (key ^ (key >>> 15)) & slotMask;
      while (slots[slot] !== key && slots[slot] !== 0) slot = (slot + 1) & slotMask;
      if (slots[slot] === 0) {
        slots[slot] = key;
        added++;
      }
      const mask = classes >>> 8;
      const length = at - start;
      const position = (previous * NEIGHBOUR_KINDS + code) * MASKS + mask;
      if (longest[position] < length) longest[position] = length;
      if (length > known[mask]) this.#noteParts(values, start, at, mask);
      previous = code;
    }
    this.#hashes.added(added);
  }

  /** Raises the longest parts where the token has a longer one. */
  #noteParts(values: Uint8Array, start: number, end: number, mask: number): void {
    let isLonger = false;
    for (let i = 0; i < PARTS_PER_GROUP; i++) {
      const set = PART_SETS[i];
      if ((mask & set) === 0 || end - start - 1 <= this.#part[i]) continue;
      const longest = (mask & ~set) === 0 ? end - start - 1 : longestRun(values, start, end, set);
      if (longest <= this.#part[i]) continue;
      this.#part[i] = Math.min(longest, LENGTH_MAX);
      isLonger = true;
    }
    if (isLonger) this.#updateKnown();
  }

  #updateKnown(): void {
    for (let mask = 0; mask < MASKS; mask++) {
      let known = 0x7fffffff;
      for (let i = 0; i < PARTS_PER_GROUP; i++) {
        if ((mask & PART_SETS[i]) !== 0 && this.#part[i] < LENGTH_MAX) known = Math.min(known, this.#part[i] + 1);
      }
      this.#known[mask] = known;
    }
  }

  #finishGroup(wordCount: number, count: number): FinishedGroup {
    const words = new Uint32Array(wordCount);
    const bitsPerHash = Math.min(BITS_PER_HASH_MAX, (wordCount * 32) / count);
    const hashCount = Math.round(bitsPerHash * HASHES_PER_BIT);
    let inserted = 0;
    for (const hash of this.#hashes.reserve(0)) {
      if (hash === 0) continue;
      insertHash(words, 0, wordCount, hashCount, hash);
      inserted++;
    }
    assert(inserted === this.#hashes.count, 'every hash is in the filter');
    return { hashCount, words, ...this.#longestBeside(), part: this.#part.slice() };
  }

  /** The longest tokens by one of their neighbours. */
  #longestBeside(): { after: Uint8Array; before: Uint8Array } {
    const after = new Uint8Array(LENGTHS_PER_GROUP);
    const before = new Uint8Array(LENGTHS_PER_GROUP);
    let position = 0;
    for (let left = 0; left < NEIGHBOUR_KINDS; left++) {
      for (let right = 0; right < NEIGHBOUR_KINDS; right++) {
        for (let mask = 0; mask < MASKS; mask++, position++) {
          const length = Math.min(this.#longest[position], LENGTH_MAX);
          after[left * MASKS + mask] = Math.max(after[left * MASKS + mask], length);
          before[right * MASKS + mask] = Math.max(before[right * MASKS + mask], length);
        }
      }
    }
    return { after, before };
  }

  #clear(): void {
    this.#hashes.clear();
    this.#longest.fill(0);
    this.#part.fill(0);
    this.#known.fill(1);
  }
}

interface FinishedGroup {
  readonly hashCount: number;
  readonly words: Uint32Array;
  readonly after: Uint8Array;
  readonly before: Uint8Array;
  readonly part: Uint8Array;
}

const NO_FILTER: FinishedGroup = {
  hashCount: 0,
  words: new Uint32Array(0),
  after: new Uint8Array(LENGTHS_PER_GROUP),
  before: new Uint8Array(LENGTHS_PER_GROUP),
  part: new Uint8Array(PARTS_PER_GROUP),
};

/** Longest run of bytes whose class is in the set. */
function longestRun(values: Uint8Array, start: number, end: number, set: number): number {
  let longest = 0;
  let run = 0;
  for (let i = start; i < end; i++) {
    run = ((BYTE_CODE[values[i]] >>> 8) & set) === 0 ? 0 : run + 1;
    if (run > longest) longest = run;
  }
  return longest;
}
