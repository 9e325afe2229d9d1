const MAGIC = 0x184d2204;
const BLOCK_SIZES = [0, 0, 0, 0, 64 * 2 ** 10, 256 * 2 ** 10, 2 ** 20, 4 * 2 ** 20];
/** A byte of LZ4 stands for at most this many. */
const GROWTH_MAX = 255;

/** Upper bound of what an LZ4 frame decompresses to, from the sizes of its blocks; null when it is no frame. */
export function lz4LengthMax(frame: Uint8Array): number | null {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 7 || view.getUint32(0, true) !== MAGIC) return null;
  const flags = frame[4];
  const blockMax = BLOCK_SIZES[(frame[5] >> 4) & 7];
  const hasBlockChecksum = (flags & 0x10) !== 0;
  const hasContentSize = (flags & 0x08) !== 0;
  const hasDictionary = (flags & 0x01) !== 0;
  let at = 7 + (hasContentSize ? 8 : 0) + (hasDictionary ? 4 : 0);
  let length = 0;
  while (at + 4 <= frame.length) {
    const header = view.getUint32(at, true);
    if (header === 0) return length;
    const size = header & 0x7fffffff;
    const isStored = header >>> 31 === 1;
    length += isStored ? size : Math.min(blockMax, GROWTH_MAX * size);
    at += 4 + size + (hasBlockChecksum ? 4 : 0);
  }
  return null;
}
