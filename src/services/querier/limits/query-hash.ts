const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** FNV-1 with 32 bits (multiply, then xor; not FNV-1a) over the bytes of a query: how logs and blocks name it (fact 206). */
export function queryHash(text: string): number {
  let hash = OFFSET_BASIS;
  for (const byte of Buffer.from(text, 'utf8')) hash = Math.imul(hash, PRIME) ^ byte;
  return hash >>> 0;
}
