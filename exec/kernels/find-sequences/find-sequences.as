// AssemblyScript, compiled by `npm run build:kernels`. What it does is told in sequence-finder.ts, and done plainly in find-sequences-plain.ts.

const STEP: usize = 16;
const NO: i32 = 0;
const YES: i32 = 1;
const PERHAPS: i32 = 2;

/** Where sequence-program.ts puts what. */
const HITS: usize = 0;
const NIBBLES: usize = 16;
const BUCKETS: usize = 112;
const SINGLE: usize = 144;

const NONE: usize = usize.MAX_VALUE;

/**
 * Sets `verdicts[i]` for rows in which a sequence is or may be; the others are zero already. `lines` is the address of offset
 * 0, whose bytes need not be in memory. 64 bytes after the lines may be read.
 */
export function findSequences(lines: usize, offsets: usize, selection: usize, count: i32, verdicts: usize): void {
  const isSingle = load<u8>(SINGLE) != 0;
  const last = lines + <usize>load<u32>(offsets + rowBytes(selection, count - 1), 4);
  let i = 0;
  let row = offsets + rowBytes(selection, 0);
  let start = lines + <usize>load<u32>(row);
  let end = lines + <usize>load<u32>(row, 4);
  let pos = start;
  while (pos < last) {
    const block = isSingle ? nextOfSingle(pos, last) : nextOfTables(pos, last);
    if (block == NONE) return;
    let lanes = i8x16.bitmask(i8x16.ne(v128.load(HITS), i8x16.splat(0)));
    let next = block + STEP;
    while (lanes != 0) {
      const lane = <usize>ctz(lanes);
      lanes &= lanes - 1;
      const at = block + lane;
      if (at >= end) {
        do {
          if (++i == count) return;
          row = offsets + rowBytes(selection, i);
          end = lines + <usize>load<u32>(row, 4);
        } while (at >= end);
        start = lines + <usize>load<u32>(row);
      }
      if (at < start) {
        next = start;
        break;
      }
      const verdict = verdictAt(at, <u32>load<u8>(HITS + lane), start, end);
      if (verdict == NO) continue;
      store<u8>(verdicts + <usize>i, <u8>verdict);
      if (++i == count) return;
      row = offsets + rowBytes(selection, i);
      start = lines + <usize>load<u32>(row);
      end = lines + <usize>load<u32>(row, 4);
      next = start;
      break;
    }
    pos = next;
  }
}

/**
 * The first 16 places from `from` on of which one may have the window of a sequence, or NONE before `last`; HITS has the buckets
 * by place. For each of the window's 3 bytes two tables tell by the lower and by the upper half of a byte which buckets of
 * sequences can have it there, one bit for each bucket.
 */
// @ts-ignore: decorator
@inline
function nextOfTables(from: usize, last: usize): usize {
  const low0 = v128.load(NIBBLES);
  const high0 = v128.load(NIBBLES, 16);
  const low1 = v128.load(NIBBLES, 32);
  const high1 = v128.load(NIBBLES, 48);
  const low2 = v128.load(NIBBLES, 64);
  const high2 = v128.load(NIBBLES, 80);
  const half = i8x16.splat(15);
  // Of the 16 bytes before: a window begins 2 bytes before the byte at which it is complete.
  let before0 = i8x16.splat(0);
  let before1 = i8x16.splat(0);
  for (let pos = from; pos < last + 2; pos += STEP) {
    const bytes = v128.load(pos);
    const lower = v128.and(bytes, half);
    const upper = v128.and(i16x8.shr_u(bytes, 4), half);
    const can0 = v128.and(i8x16.relaxed_swizzle(low0, lower), i8x16.relaxed_swizzle(high0, upper));
    const can1 = v128.and(i8x16.relaxed_swizzle(low1, lower), i8x16.relaxed_swizzle(high1, upper));
    const can2 = v128.and(i8x16.relaxed_swizzle(low2, lower), i8x16.relaxed_swizzle(high2, upper));
    const first = i8x16.shuffle(before0, can0, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
    const second = i8x16.shuffle(before1, can1, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
    const hits = v128.and(can2, v128.and(first, second));
    if (v128.any_true(hits)) {
      v128.store(HITS, hits);
      return pos - 2;
    }
    before0 = can0;
    before1 = can1;
  }
  return NONE;
}

/** The same for a single sequence, which is in the first bucket: its window's bytes, where the mask has bits, are compared. */
// @ts-ignore: decorator
@inline
function nextOfSingle(from: usize, last: usize): usize {
  const bucket = i8x16.splat(1);
  const mask0 = v128.load8_splat(SINGLE, 1);
  const mask1 = v128.load8_splat(SINGLE, 2);
  const mask2 = v128.load8_splat(SINGLE, 3);
  const byte0 = v128.load8_splat(SINGLE, 4);
  const byte1 = v128.load8_splat(SINGLE, 5);
  const byte2 = v128.load8_splat(SINGLE, 6);
  for (let pos = from; pos < last; pos += 2 * STEP) {
    const here = singleAt(pos, mask0, mask1, mask2, byte0, byte1, byte2);
    const after = singleAt(pos + STEP, mask0, mask1, mask2, byte0, byte1, byte2);
    if (!v128.any_true(v128.or(here, after))) continue;
    if (v128.any_true(here)) {
      v128.store(HITS, v128.and(here, bucket));
      return pos;
    }
    v128.store(HITS, v128.and(after, bucket));
    return pos + STEP;
  }
  return NONE;
}

// @ts-ignore: decorator
@inline
function singleAt(pos: usize, mask0: v128, mask1: v128, mask2: v128, byte0: v128, byte1: v128, byte2: v128): v128 {
  const is0 = i8x16.eq(v128.and(v128.load(pos), mask0), byte0);
  const is1 = i8x16.eq(v128.and(v128.load(pos, 1), mask1), byte1);
  const is2 = i8x16.eq(v128.and(v128.load(pos, 2), mask2), byte2);
  return v128.and(is0, v128.and(is1, is2));
}

/** Distance of a selected row's offset from that of row 0. */
// @ts-ignore: decorator
@inline
function rowBytes(selection: usize, i: i32): usize {
  return <usize>load<u32>(selection + (<usize>i << 2)) << 2;
}

/** Of the first sequence in the buckets whose window is at `at` that does not say no. */
function verdictAt(at: usize, buckets: u32, start: usize, end: usize): i32 {
  let left = buckets;
  while (left != 0) {
    let sequence = <usize>load<u32>(BUCKETS + (<usize>ctz(left) << 2));
    left &= left - 1;
    while (sequence != 0) {
      const verdict = verdictOf(sequence, at, start, end);
      if (verdict != NO) return verdict;
      sequence = <usize>load<u32>(sequence);
    }
  }
  return NO;
}

/** From the window to the right and then to the left: beyond a byte that says perhaps nothing is where it should be. */
// @ts-ignore: decorator
@inline
function verdictOf(sequence: usize, at: usize, start: usize, end: usize): i32 {
  const window = sequence + 12 + (<usize>load<u32>(sequence, 4) << 2);
  const leftmost = at - <usize>load<u32>(sequence, 4);
  const stop = at + <usize>load<u32>(sequence, 8);
  let verdict = YES;
  let table = window;
  for (let pos = at; pos < stop; pos++, table += 4) {
    if (pos >= end) return NO;
    const one = <i32>load<u8>(<usize>load<u32>(table) + <usize>load<u8>(pos));
    if (one == NO) return NO;
    if (one == PERHAPS) {
      verdict = PERHAPS;
      break;
    }
  }
  table = window;
  for (let pos = at; pos > leftmost; ) {
    pos--;
    table -= 4;
    if (pos < start) return NO;
    const one = <i32>load<u8>(<usize>load<u32>(table) + <usize>load<u8>(pos));
    if (one == NO) return NO;
    if (one == PERHAPS) return PERHAPS;
  }
  return verdict;
}
