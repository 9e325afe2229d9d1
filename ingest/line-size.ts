/**
 * How many bytes of a line that is longer than `max_line_size` are kept when lines are truncated: what leaves room for
 * the identifier, and whole UTF-8 characters only.
 */
export function keptLength(
  bytes: Uint8Array,
  start: number,
  end: number,
  lineSizeMax: number,
  identifierLength: number,
): number {
  if (end - start <= lineSizeMax) return end - start;
  let kept = Math.max(0, lineSizeMax - identifierLength);
  // A character has at most three bytes after its first; text that is no UTF-8 is cut anywhere.
  for (let back = 0; back < 3 && kept > 0 && (bytes[start + kept] & 0xc0) === 0x80; back++) kept--;
  return kept;
}
