/** FNV-1a over bytes, 32 bits. */
export const FNV_PRIME = 0x01000193;
export const HASH_SEED = 0x811c9dc5 | 0;

/** The hash of some bytes, with one more. */
export function hashByte(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, FNV_PRIME);
}
