/**
 * Rows as columns with the head's ids: what a batch looks like after its ids were mapped, and what a block looks like.
 * Timestamps are pairs of halves: low at 2i, high at 2i + 1.
 */
export interface HeadColumns {
  readonly stream: Uint32Array;
  readonly timestampHalves: Int32Array;
  readonly lineOffsets: Uint32Array;
  readonly lines: Uint8Array;
  readonly level: Uint16Array;
  readonly metadataOffsets: Uint32Array;
  readonly metadataName: Uint32Array;
  readonly metadataValueOffsets: Uint32Array;
  readonly metadataValues: Uint8Array;
}

export function halvesOf(timestamp: BigInt64Array): Int32Array {
  return new Int32Array(timestamp.buffer, timestamp.byteOffset, timestamp.length * 2);
}

/** Whether (aHigh, aLow) is after (bHigh, bLow); low halves are signed views of unsigned numbers. */
export function isAfter(aHigh: number, aLow: number, bHigh: number, bLow: number): boolean {
  return aHigh > bHigh || (aHigh === bHigh && aLow >>> 0 > bLow >>> 0);
}

export function timestampOf(high: number, low: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low >>> 0);
}

const PRIME = 0x01000193;

/** Spreads the bits of `hash`; result is unsigned. */
function mixed(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Hash of (stream, timestamp). `seed` is secret, so that nobody can choose entries that collide. */
export function hashKey(columns: HeadColumns, row: number, seed: number): number {
  const { stream, timestampHalves } = columns;
  let hash = mixed(seed ^ stream[row]);
  hash = mixed(hash ^ timestampHalves[2 * row]);
  return mixed(hash ^ timestampHalves[2 * row + 1]);
}

/** Hash of line, level and metadata, continuing from `seed`. */
export function hashContent(columns: HeadColumns, row: number, seed: number): number {
  const { lines, lineOffsets, metadataOffsets, metadataName, metadataValues, metadataValueOffsets } = columns;
  let hash = hashBytes(lines, lineOffsets[row], lineOffsets[row + 1], seed);
  hash = mixed(hash ^ columns.level[row]);
  const end = metadataOffsets[row + 1];
  for (let pair = metadataOffsets[row]; pair < end; pair++) {
    hash = mixed(hash ^ metadataName[pair]);
    const valueStart = metadataValueOffsets[pair];
    hash = hashBytes(metadataValues, valueStart, metadataValueOffsets[pair + 1], hash);
  }
  return hash;
}

/** Four lanes: one multiplication need not wait for the one before it. */
function hashBytes(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let a = seed ^ (end - start);
  let b = ~seed;
  let c = Math.imul(seed, PRIME);
  let d = ~c;
  let i = start;
  for (const last = end - 3; i < last; i += 4) {
    a = Math.imul(a ^ bytes[i], PRIME);
    b = Math.imul(b ^ bytes[i + 1], PRIME);
    c = Math.imul(c ^ bytes[i + 2], PRIME);
    d = Math.imul(d ^ bytes[i + 3], PRIME);
  }
  for (; i < end; i++) a = Math.imul(a ^ bytes[i], PRIME);
  return mixed(mixed(mixed(mixed(a) ^ b) ^ c) ^ d);
}

export function hasSameKey(a: HeadColumns, rowA: number, b: HeadColumns, rowB: number): boolean {
  return (
    a.stream[rowA] === b.stream[rowB] &&
    a.timestampHalves[2 * rowA] === b.timestampHalves[2 * rowB] &&
    a.timestampHalves[2 * rowA + 1] === b.timestampHalves[2 * rowB + 1]
  );
}

/** Whether line, level and metadata are equal. */
export function hasSameContent(a: HeadColumns, rowA: number, b: HeadColumns, rowB: number): boolean {
  if (a.level[rowA] !== b.level[rowB]) return false;
  if (!isSameText(a.lines, a.lineOffsets, rowA, b.lines, b.lineOffsets, rowB)) return false;
  let pairA = a.metadataOffsets[rowA];
  let pairB = b.metadataOffsets[rowB];
  const endA = a.metadataOffsets[rowA + 1];
  if (endA - pairA !== b.metadataOffsets[rowB + 1] - pairB) return false;
  for (; pairA < endA; pairA++, pairB++) {
    if (a.metadataName[pairA] !== b.metadataName[pairB]) return false;
    const [valuesA, valuesB] = [a.metadataValues, b.metadataValues];
    if (!isSameText(valuesA, a.metadataValueOffsets, pairA, valuesB, b.metadataValueOffsets, pairB)) return false;
  }
  return true;
}

function isSameText(
  a: Uint8Array,
  offsetsA: Uint32Array,
  indexA: number,
  b: Uint8Array,
  offsetsB: Uint32Array,
  indexB: number,
): boolean {
  let atA = offsetsA[indexA];
  let atB = offsetsB[indexB];
  const endA = offsetsA[indexA + 1];
  if (endA - atA !== offsetsB[indexB + 1] - atB) return false;
  for (; atA < endA; atA++, atB++) if (a[atA] !== b[atB]) return false;
  return true;
}
