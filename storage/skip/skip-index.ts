import { mayHaveHash } from './bloom-filter.ts';
import { type Needle, type NeedleToken, OPEN } from './needle.ts';
import { LENGTHS_PER_GROUP, PARTS_PER_GROUP, type SkipTable } from './skip-table.ts';
import { LENGTH_MAX, LONG_TOKENS, longLevelOf, MASKS, NEIGHBOUR_KINDS, NOT_ASCII, PART_SETS } from './tokens.ts';

type SkipArrays = Record<keyof SkipTable, { readonly byteLength: number }>;

/**
 * Says of a chunk's row groups what they do not hold. A false answer is certain: no line of the row group contains the
 * needle, no entry has the pair. A true answer means that it has to be read.
 */
export class SkipIndex {
  readonly table: SkipTable;

  constructor(table: SkipTable) {
    this.table = table;
  }

  get sizeBytes(): number {
    return Object.values(this.table as SkipArrays).reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  get rowGroups(): number {
    return this.table.hashCount.length;
  }

  mayContain(rowGroup: number, { tokens, ignoreCase }: Needle): boolean {
    if (!this.hasFilter(rowGroup) || (ignoreCase && this.#hasNonAscii(rowGroup))) return true;
    return tokens.every((token) => this.#mayHaveToken(rowGroup, token));
  }

  /** `pair` is made by `compilePair`. */
  mayHavePair(rowGroup: number, pair: number): boolean {
    return !this.hasFilter(rowGroup) || this.#mayHaveHash(rowGroup, pair);
  }

  /** Without one, every answer is true. */
  hasFilter(rowGroup: number): boolean {
    return rowGroup < this.rowGroups && this.table.hashCount[rowGroup] > 0;
  }

  #mayHaveToken(rowGroup: number, token: NeedleToken): boolean {
    if (this.#mayBeWhole(rowGroup, token) && this.#mayHaveHash(rowGroup, token.hash)) return true;
    const isOpen = token.after === OPEN || token.before === OPEN;
    return isOpen && (this.#mayBePart(rowGroup, token) || this.#isInList(rowGroup, token.bytes));
  }

  /** Whether the row group has whole tokens of this length and classes where the needle has this one. */
  #mayBeWhole(rowGroup: number, { mask, length, after, before, bytes }: NeedleToken): boolean {
    const { longestAfter, longestBefore, listedLevels } = this.table;
    const isListed = length >= LONG_TOKENS[0] && (listedLevels[rowGroup] & (1 << longLevelOf(length))) !== 0;
    if (isListed) return this.#isInList(rowGroup, bytes);
    const stored = Math.min(length, LENGTH_MAX);
    return (
      (after === OPEN || longestAfter[position(rowGroup, after, mask)] >= stored) &&
      (before === OPEN || longestBefore[position(rowGroup, before, mask)] >= stored)
    );
  }

  #isInList(rowGroup: number, bytes: Buffer): boolean {
    const { firstListed, listed } = this.table;
    return Buffer.from(listed.buffer, listed.byteOffset, listed.length)
      .subarray(firstListed[rowGroup], firstListed[rowGroup + 1])
      .includes(bytes);
  }

  /** Whether the token can be less than the whole of a token that is not listed. */
  #mayBePart(rowGroup: number, { mask, length, after, before }: NeedleToken): boolean {
    const { longestAfter, longestBefore, longestPart } = this.table;
    for (let i = 0; i < PARTS_PER_GROUP; i++) {
      const holdsIt = (mask & ~PART_SETS[i]) === 0;
      if (holdsIt && longestPart[rowGroup * PARTS_PER_GROUP + i] < Math.min(length, LENGTH_MAX)) return false;
    }
    if (after !== OPEN) return hasLonger(longestAfter, rowGroup, after, mask, length);
    if (before !== OPEN) return hasLonger(longestBefore, rowGroup, before, mask, length);
    for (let kind = 0; kind < NEIGHBOUR_KINDS; kind++) {
      if (hasLonger(longestAfter, rowGroup, kind, mask, length)) return true;
    }
    return false;
  }

  #mayHaveHash(rowGroup: number, hash: number): boolean {
    const { hashCount, firstWord, words } = this.table;
    return mayHaveHash(words, firstWord[rowGroup], firstWord[rowGroup + 1], hashCount[rowGroup], hash);
  }

  #hasNonAscii(rowGroup: number): boolean {
    const { firstListed, listed } = this.table;
    for (let i = firstListed[rowGroup]; i < firstListed[rowGroup + 1]; i++) if (listed[i] >= 0x80) return true;
    for (let kind = 0; kind < NEIGHBOUR_KINDS; kind++) {
      if (hasLonger(this.table.longestAfter, rowGroup, kind, NOT_ASCII, 0)) return true;
    }
    return false;
  }
}

/** Whether there is a token longer than `length`, beside this kind of neighbour, that has all classes of the mask. */
function hasLonger(longest: Uint8Array, rowGroup: number, kind: number, mask: number, length: number): boolean {
  for (let other = mask; other < MASKS; other++) {
    if ((other & mask) !== mask) continue;
    const found = longest[position(rowGroup, kind, other)];
    if (found > length || found === LENGTH_MAX) return true;
  }
  return false;
}

function position(rowGroup: number, kind: number, mask: number): number {
  return rowGroup * LENGTHS_PER_GROUP + kind * MASKS + mask;
}
