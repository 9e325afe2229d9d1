import { MASKS, NEIGHBOUR_KINDS, PART_SETS } from './tokens.ts';

/**
 * What row groups do not hold, as stored (docs/format/index.md, section 132): arrays by row group, `g` of them. Lengths
 * above LENGTH_MAX are LENGTH_MAX.
 */
export interface SkipTable {
  /** Bits per entry of the row group's filter; 0 where it has none and anything may be there. */
  readonly hashCount: Uint8Array;
  /** The filter of row group i is `words[firstWord[i] .. firstWord[i + 1])`. */
  readonly firstWord: Uint32Array;
  /** By row group, kind of neighbour, mask: length of the longest token behind such a neighbour. */
  readonly longestAfter: Uint8Array;
  /** The same, in front of such a neighbour. */
  readonly longestBefore: Uint8Array;
  /** By row group and set of PART_SETS: longest run of such bytes that is less than a whole token. */
  readonly longestPart: Uint8Array;
  /**
   * Bit by level of LONG_TOKENS: tokens of that level are listed, in lower case and each followed by a zero, and are
   * not counted in the lengths above.
   */
  readonly listedLevels: Uint8Array;
  /** The list of row group i is `listed[firstListed[i] .. firstListed[i + 1])`. */
  readonly firstListed: Uint32Array;
  readonly listed: Uint8Array;
  readonly words: Uint32Array;
}

/** Items of `longestAfter` and `longestBefore` per row group. */
export const LENGTHS_PER_GROUP = NEIGHBOUR_KINDS * MASKS;
/** Items of `longestPart` per row group. */
export const PARTS_PER_GROUP = PART_SETS.length;
