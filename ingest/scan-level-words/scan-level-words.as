// AssemblyScript, compiled by `npm run build:kernels`. What it does is told in level-word-scanner.ts, and done plainly by `scanWords` of level-detection.ts.

const STEP: usize = 16;
const EQUALS: i32 = 0x3d;
const HAS_EQUALS: i32 = 16;

/** Where level-word-scanner.ts puts what. */
const LOW_HALVES: usize = 0;
const HIGH_HALVES: usize = 16;
const RIGHT_BOUNDARIES: usize = 32;
const WORDS: usize = 288;
const WORD_BYTES: usize = 24;

/** The line from `start` to `end`, after which 16 bytes may be read; `wordsEnd` is the end of the words in memory. */
export function scan(start: usize, end: usize, wordsEnd: usize): i32 {
  const low = v128.load(LOW_HALVES);
  const high = v128.load(HIGH_HALVES);
  let level = 0;
  let hasEquals = 0;
  let boundaryBefore = 1;
  for (let pos = start; pos < end; pos += STEP) {
    const bytes = v128.load(pos);
    const inside = end - pos < STEP ? (1 << <i32>(end - pos)) - 1 : 0xffff;
    hasEquals |= i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(<i8>EQUALS))) & inside;
    if (level == 0) {
      const lower = i8x16.swizzle(low, v128.and(bytes, i8x16.splat(15)));
      const kinds = v128.and(lower, i8x16.swizzle(high, v128.and(i16x8.shr_u(bytes, 4), i8x16.splat(15))));
      const boundaries = i8x16.bitmask(i8x16.ne(v128.and(kinds, i8x16.splat(0x0f)), i8x16.splat(0)));
      const letters = i8x16.bitmask(i8x16.ne(v128.and(kinds, i8x16.splat(0x30)), i8x16.splat(0)));
      let begins = letters & ((boundaries << 1) | boundaryBefore) & inside;
      boundaryBefore = boundaries >> 15;
      for (; begins != 0 && level == 0; begins &= begins - 1) level = levelAt(pos + <usize>ctz(begins), end, wordsEnd);
    }
    if (level != 0 && hasEquals != 0) break;
  }
  return hasEquals != 0 ? level | HAS_EQUALS : level;
}

/** The level of the first of the words that is at `at` with a boundary behind it; 0 if none is. */
// @ts-ignore: decorator
@inline
function levelAt(at: usize, end: usize, wordsEnd: usize): i32 {
  const text = load<u64>(at) | 0x2020202020202020;
  for (let word = WORDS; word < wordsEnd; word += WORD_BYTES) {
    if ((text & load<u64>(word, 8)) != load<u64>(word)) continue;
    const after = at + <usize>load<u32>(word, 16);
    if (after == end || (after < end && load<u8>(RIGHT_BOUNDARIES + <usize>load<u8>(after)) != 0)) return load<i32>(word, 20);
  }
  return 0;
}
