import { assert } from '../../src/common/assert.ts';
import { insertHash } from './bloom-filter.ts';
import { HashSet } from './hash-set.ts';
import { LongTokens } from './long-tokens.ts';
import { LENGTHS_PER_GROUP, PARTS_PER_GROUP, type SkipTable } from './skip-table.ts';
import { TokenLengths } from './token-lengths.ts';
import {
  BYTE_CODE,
  HASH_PRIME,
  HASH_START,
  hashPair,
  LINE_EDGE,
  LONG_TOKENS,
  longLevelOf,
  MASKS,
  NEIGHBOUR_KINDS,
  TOKEN_BYTES_MIN,
  TOKEN_CODE_MIN,
} from './tokens.ts';

/** Bits of filter per distinct token or pair: 1 of 120 that are not there seems to be. */
const BITS_PER_HASH_MAX = 10;
/** Where the size limit leaves less, a filter would let too much through to be worth its bytes. */
const BITS_PER_HASH_MIN = 5;
/** Filters of fewer words let too much through by chance. */
const WORDS_MIN = 8;
/** Lengths, parts, hash count, levels and two offsets. */
const FIXED_BYTES_PER_GROUP = 2 * LENGTHS_PER_GROUP + PARTS_PER_GROUP + 10;
const SCAN_CONSTANTS = [TOKEN_CODE_MIN, HASH_START, HASH_PRIME, TOKEN_BYTES_MIN, LONG_TOKENS[0]] as const;
/** Bits set per hash and bits of filter: ln 2. */
const HASHES_PER_BIT = Math.LN2;

/**
 * Collects a skip table while row groups are written: call `addLines` and `addPair` for what the row group holds, then
 * `endGroup`. One pass over the bytes of lines, with no object per token.
 */
export class SkipTableBuilder {
  readonly #hashes = new HashSet();
  /** Of tokens that are not long. */
  readonly #lengths = new TokenLengths();
  /** By level of LONG_TOKENS. */
  readonly #long = LONG_TOKENS.map(() => new LongTokens());
  readonly #groups: FinishedGroup[] = [];

  /**
   * Lines of the row group: line i is `values[offsets[i] .. offsets[i + 1])`. The hot loop: everything that it touches is a
   * local, because private fields and imported names cost a load and a check each time; slots grow between lines only.
   */
  addLines(values: Uint8Array, offsets: Int32Array | Uint32Array): void {
    const { longest, known } = this.#lengths;
    const codes = BYTE_CODE;
    const [tokenCode, hashStart, prime, shortest, long] = SCAN_CONSTANTS;
    const [edge, kinds, masks] = [LINE_EDGE, NEIGHBOUR_KINDS, MASKS];
    let slots = this.#hashes.reserve(0);
    let room = 0;
    let added = 0;
    for (let line = 0; line + 1 < offsets.length; line++) {
      const lineEnd = offsets[line + 1];
      let at = offsets[line];
      if (room < lineEnd - at) {
        this.#hashes.added(added);
        added = 0;
        slots = this.#hashes.reserve(lineEnd - at);
        room = slots.length / 2 - this.#hashes.count;
      }
      const slotMask = slots.length - 1;
      for (let previous = edge; at < lineEnd; at++) {
        let code = codes[values[at]];
        if (code < tokenCode) {
          previous = code;
          continue;
        }
        const start = at;
        const left = previous;
        let hash = hashStart;
        let classes = 0;
        do {
          hash = Math.imul(hash ^ (code & 0xff), prime);
          classes |= code;
          at++;
          code = at < lineEnd ? codes[values[at]] : edge;
        } while (code >= tokenCode);
        previous = code;
        const length = at - start;
        if (length < shortest) continue;
        const key = hash === 0 ? 1 : hash;
        let slot = (key ^ (key >>> 15)) & slotMask;
        while (slots[slot] !== key && slots[slot] !== 0) slot = (slot + 1) & slotMask;
        if (slots[slot] === 0) {
          slots[slot] = key;
          added++;
          room--;
        }
        const mask = classes >>> 8;
        if (length >= long) {
          this.#addLong(values, start, at, mask, left, code);
          continue;
        }
        const position = (left * kinds + code) * masks + mask;
        if (longest[position] < length) longest[position] = length;
        if (length > known[mask]) this.#lengths.noteParts(values, start, at, mask);
      }
    }
    this.#hashes.added(added);
  }

  #addLong(values: Uint8Array, start: number, end: number, mask: number, left: number, right: number): void {
    this.#long[longLevelOf(end - start)].add(values, start, end, mask, left, right);
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
    const isWorthIt = words * 32 >= BITS_PER_HASH_MIN * count;
    const lists = this.#listsWithin(bytesMax - FIXED_BYTES_PER_GROUP - words * 4);
    this.#groups.push(isWorthIt ? this.#finishGroup(words, count, lists) : NO_FILTER);
    this.#clear();
  }

  /** Null when no row group has a filter. */
  finish(): SkipTable | null {
    const groups = this.#groups;
    if (groups.every(({ hashCount }) => hashCount === 0)) return null;
    const firstWord = offsetsOf(groups.map(({ words }) => words));
    const table: SkipTable = {
      hashCount: Uint8Array.from(groups, ({ hashCount }) => hashCount),
      firstWord,
      longestAfter: new Uint8Array(groups.length * LENGTHS_PER_GROUP),
      longestBefore: new Uint8Array(groups.length * LENGTHS_PER_GROUP),
      longestPart: new Uint8Array(groups.length * PARTS_PER_GROUP),
      listedLevels: Uint8Array.from(groups, ({ listedLevels }) => listedLevels),
      firstListed: offsetsOf(groups.map(({ listed }) => listed)),
      listed: Buffer.concat(groups.map(({ listed }) => listed)),
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

  /** Lists of long tokens by level, as far as there is room for them beside the filter. */
  #listsWithin(bytesMax: number): (Uint8Array | null)[] {
    let room = bytesMax;
    return this.#long.map((tokens) => {
      const list = tokens.listed();
      if (list === null || list.length > room) return null;
      room -= list.length;
      return list;
    });
  }

  #finishGroup(wordCount: number, count: number, lists: readonly (Uint8Array | null)[]): FinishedGroup {
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
    let listedLevels = 0;
    for (const [level, list] of lists.entries()) {
      if (list === null) this.#lengths.merge(this.#long[level].lengths);
      else listedLevels |= 1 << level;
    }
    const listed = Buffer.concat(lists.filter((list) => list !== null));
    return {
      hashCount,
      words,
      ...this.#lengths.longestBeside(),
      part: this.#lengths.part.slice(),
      listedLevels,
      listed,
    };
  }

  #clear(): void {
    this.#hashes.clear();
    this.#lengths.clear();
    for (const tokens of this.#long) tokens.clear();
  }
}

interface FinishedGroup {
  readonly hashCount: number;
  readonly words: Uint32Array;
  readonly after: Uint8Array;
  readonly before: Uint8Array;
  readonly part: Uint8Array;
  readonly listedLevels: number;
  readonly listed: Uint8Array;
}

const NO_FILTER: FinishedGroup = {
  hashCount: 0,
  words: new Uint32Array(0),
  after: new Uint8Array(LENGTHS_PER_GROUP),
  before: new Uint8Array(LENGTHS_PER_GROUP),
  part: new Uint8Array(PARTS_PER_GROUP),
  listedLevels: 0,
  listed: new Uint8Array(0),
};

function offsetsOf(items: readonly { readonly length: number }[]): Uint32Array {
  const offsets = new Uint32Array(items.length + 1);
  for (const [i, { length }] of items.entries()) offsets[i + 1] = offsets[i] + length;
  return offsets;
}
