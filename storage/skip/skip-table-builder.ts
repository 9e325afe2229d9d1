import { tokenCollector, type TokenCollector } from './collect-tokens/token-collector.ts';
import { LENGTHS_PER_GROUP, PARTS_PER_GROUP, type SkipTable } from './skip-table.ts';
import { hashPair } from './tokens.ts';

/** Bits of filter per distinct token or pair: 1 of 120 that are not there seems to be. */
const BITS_PER_HASH_MAX = 10;
/** Where the size limit leaves less, a filter would let too much through to be worth its bytes. */
const BITS_PER_HASH_MIN = 5;
/** Filters of fewer words let too much through by chance. */
const WORDS_MIN = 8;
/** Lengths, parts, hash count, levels and two offsets. */
const FIXED_BYTES_PER_GROUP = 2 * LENGTHS_PER_GROUP + PARTS_PER_GROUP + 10;
/** Bits set per hash and bits of filter: ln 2. */
const HASHES_PER_BIT = Math.LN2;

/**
 * Collects a skip table while row groups are written: call `addLines` and `addPair` for what the row group holds, then
 * `endGroup`. One builder at a time in a thread, unless each has a collector of its own.
 */
export class SkipTableBuilder {
  readonly #tokens: Pick<TokenCollector, keyof TokenCollector>;
  readonly #groups: FinishedGroup[] = [];

  constructor(tokens: Pick<TokenCollector, keyof TokenCollector> = tokenCollector()) {
    this.#tokens = tokens;
  }

  /** Lines of the row group: line i is `values[offsets[i] .. offsets[i + 1])`. */
  addLines(values: Uint8Array, offsets: Int32Array | Uint32Array): void {
    this.#tokens.addLines(values, offsets);
  }

  /** A pair of structured metadata of the row group; `nameHash` is `hashPairName` of its name. */
  addPair(nameHash: number, values: Uint8Array, start: number, end: number): void {
    this.#tokens.addHash(hashPair(nameHash, values, start, end));
  }

  /** Ends the row group. What it adds to the table is at most `bytesMax` bytes, or it gets no filter. */
  endGroup(bytesMax: number): void {
    this.#tokens.endGroup();
    const count = Math.max(1, this.#tokens.hashCount);
    const wanted = Math.max(WORDS_MIN, Math.ceil((BITS_PER_HASH_MAX * count) / 32));
    const words = Math.min(wanted, Math.floor((bytesMax - FIXED_BYTES_PER_GROUP) / 4));
    const isWorthIt = words * 32 >= BITS_PER_HASH_MIN * count;
    const lists = this.#listsWithin(bytesMax - FIXED_BYTES_PER_GROUP - words * 4);
    this.#groups.push(isWorthIt ? this.#finishGroup(words, count, lists) : NO_FILTER);
    this.#tokens.clear();
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
    return this.#tokens.long.map((tokens) => {
      const list = tokens.listed();
      if (list === null || list.length > room) return null;
      room -= list.length;
      return list;
    });
  }

  #finishGroup(wordCount: number, count: number, lists: readonly (Uint8Array | null)[]): FinishedGroup {
    const bitsPerHash = Math.min(BITS_PER_HASH_MAX, (wordCount * 32) / count);
    const hashCount = Math.round(bitsPerHash * HASHES_PER_BIT);
    const { lengths, long } = this.#tokens;
    let listedLevels = 0;
    for (const [level, list] of lists.entries()) {
      if (list === null) lengths.merge(long[level].lengths);
      else listedLevels |= 1 << level;
    }
    const listed = Buffer.concat(lists.filter((list) => list !== null));
    return {
      hashCount,
      words: this.#tokens.filter(wordCount, hashCount),
      ...lengths.longestBeside(),
      part: lengths.part.slice(),
      listedLevels,
      listed,
    };
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
