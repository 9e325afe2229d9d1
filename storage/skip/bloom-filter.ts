const TWO_TO_MINUS_32 = 2 ** -32;

/*
 * A Bloom filter: bit i of a hash is at (a + i * b) mod 2^32, scaled to the filter's bits, where a is the hash spread
 * and b is a spread again and made odd.
 */

/** Sets the bits of a hash in the filter `words[start .. end)`. */
export function insertHash(words: Uint32Array, start: number, end: number, hashCount: number, hash: number): void {
  const scale = (end - start) * 32 * TWO_TO_MINUS_32;
  let position = spread(hash);
  const step = spread(position) | 1;
  for (let i = 0; i < hashCount; i++) {
    const bit = ((position >>> 0) * scale) >>> 0;
    const word = start + (bit >>> 5);
    words[word] = words[word] | (1 << (bit & 31));
    position = (position + step) | 0;
  }
}

/** False only when the hash was never inserted. */
export function mayHaveHash(words: Uint32Array, start: number, end: number, hashCount: number, hash: number): boolean {
  const scale = (end - start) * 32 * TWO_TO_MINUS_32;
  let position = spread(hash);
  const step = spread(position) | 1;
  for (let i = 0; i < hashCount; i++) {
    const bit = ((position >>> 0) * scale) >>> 0;
    if ((words[start + (bit >>> 5)] & (1 << (bit & 31))) === 0) return false;
    position = (position + step) | 0;
  }
  return true;
}

/** Spreads a hash over all 32 bits: hashes of similar bytes are similar. */
function spread(hash: number): number {
  const first = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return second ^ (second >>> 16);
}
