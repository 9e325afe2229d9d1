const DIGIT_BITS = 16;
const DIGITS = 1 << DIGIT_BITS;
const DIGIT_MASK = DIGITS - 1;

/**
 * The numbers `0 .. count - 1` in ascending order of their keys, the first key first; equal ones stay as they are. Keys
 * are arrays of at least `count` unsigned integers. Digit by digit from the last one on: a comparison of several keys
 * costs more than a pass over all rows, and digits that are the same everywhere cost none.
 */
export function orderByKeys(count: number, keys: readonly Uint32Array[]): Uint32Array {
  let order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  let next = new Uint32Array(count);
  const starts = new Uint32Array(DIGITS);
  for (const key of keys.toReversed()) {
    for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
      if (!countDigits(key, count, shift, starts)) continue;
      for (let i = 0; i < count; i++) {
        const row = order[i];
        next[starts[(key[row] >>> shift) & DIGIT_MASK]++] = row;
      }
      [order, next] = [next, order];
    }
  }
  return order;
}

/** Sets where the rows of each digit begin; false when all have the same one. */
function countDigits(key: Uint32Array, count: number, shift: number, starts: Uint32Array): boolean {
  starts.fill(0);
  for (let row = 0; row < count; row++) starts[(key[row] >>> shift) & DIGIT_MASK]++;
  if (count === 0 || starts[(key[0] >>> shift) & DIGIT_MASK] === count) return false;
  let start = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    const rows = starts[digit];
    starts[digit] = start;
    start += rows;
  }
  return true;
}
