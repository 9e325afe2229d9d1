/**
 * What a token is (docs/format/index.md, section 132): a run of ASCII letters, digits, `_` and bytes from 0x80 on within
 * a line. All constants here are part of the format.
 */

/** Classes of token bytes; a token's mask is the set of classes that its bytes have. */
export const DIGIT = 1;
export const HEX_LETTER = 2;
export const OTHER_LETTER = 4;
export const UNDERSCORE = 8;
export const NOT_ASCII = 16;
/** Number of masks; no token has mask 0. */
export const MASKS = 32;

/** Sets of classes of which the longest run within tokens is known: numbers, hexadecimal, words, identifiers. */
export const PART_SETS: readonly number[] = [
  DIGIT,
  DIGIT | HEX_LETTER,
  HEX_LETTER | OTHER_LETTER,
  DIGIT | HEX_LETTER | OTHER_LETTER,
  DIGIT | HEX_LETTER | OTHER_LETTER | UNDERSCORE,
  MASKS - 1,
];

/** Lengths are stored in a byte; this one stands for all from it on. */
export const LENGTH_MAX = 255;

/** Shorter tokens are in every row group: nothing is known of them. */
export const TOKEN_BYTES_MIN = 3;

/** Long tokens, by level: the least length of each. Below the first, tokens are not long. */
export const LONG_TOKENS: readonly [number, number] = [17, 33];

export function longLevelOf(length: number): number {
  return length < LONG_TOKENS[1] ? 0 : 1;
}

/** What stands beside a token. */
export const LINE_EDGE = 0;
const NEIGHBOURS: readonly string[] = ['', ' ', '"', '=', ':', '-', '/', '.', ',', '()[]{}<>'];
/** The last one is every other delimiter. */
export const NEIGHBOUR_KINDS = NEIGHBOURS.length + 1;

/** Codes from here on are those of token bytes. */
export const TOKEN_CODE_MIN = 256;

/** By byte: the kind of neighbour that a delimiter is; of a token byte, the class times 256 and the byte in lower case. */
export const BYTE_CODE: Uint16Array = Uint16Array.from({ length: 256 }, (_, byte) => {
  const folded = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
  if (classOf(folded) > 0) return classOf(folded) * TOKEN_CODE_MIN + folded;
  const kind = NEIGHBOURS.findIndex((bytes) => bytes.includes(String.fromCharCode(byte)));
  return kind < 0 ? NEIGHBOUR_KINDS - 1 : kind;
});

function classOf(byte: number): number {
  if (byte >= 0x80) return NOT_ASCII;
  if (byte >= 0x30 && byte <= 0x39) return DIGIT;
  if (byte >= 0x61 && byte <= 0x66) return HEX_LETTER;
  if (byte >= 0x61 && byte <= 0x7a) return OTHER_LETTER;
  return byte === 0x5f ? UNDERSCORE : 0;
}

/** By byte: the kind of neighbour that it is, 0 for bytes of tokens. */
export const KIND_OF_BYTE: Uint8Array = Uint8Array.from(BYTE_CODE, (code) => (code < TOKEN_CODE_MIN ? code : 0));

const HASH_LENGTH = 0x9e3779b97f4a7c15n;
const HASH_FACTORS: readonly bigint[] = [0xbf58476d1ce4e5b9n, 0x94d049bb133111ebn];

/** Hash of a token, from its bytes in lower case, 8 at a time. Not 0. The kernel of collect-tokens does it in bulk. */
export function hashToken(folded: Uint8Array): number {
  const padded = Buffer.alloc((folded.length + 15) & ~15);
  padded.set(folded);
  let hash = BigInt.asUintN(64, BigInt(folded.length) * HASH_LENGTH);
  for (let at = 0; at < padded.length; at += 8) {
    hash = BigInt.asUintN(64, (hash ^ padded.readBigUInt64LE(at)) * HASH_FACTORS[(at >> 3) & 1]);
    hash ^= hash >> 32n;
  }
  return Number(BigInt.asIntN(32, hash)) || 1;
}

/** The hash of a pair is FNV-1a over its name and value, 1 where that is 0. */
const HASH_PRIME = 0x01000193;
const PAIR_START = 0x7feb352d;

/** Start of the hash of a structured metadata pair: the name, apart from all tokens. */
export function hashPairName(name: Uint8Array): number {
  return hashBytes(PAIR_START, name, 0, name.length);
}

/** Hash of a pair: its value as it is, from the name's hash on. Not 0. */
export function hashPair(nameHash: number, values: Uint8Array, start: number, end: number): number {
  // 0xff is in no UTF-8 text: it stands between name and value.
  return hashBytes(Math.imul(nameHash ^ 0xff, HASH_PRIME), values, start, end) || 1;
}

function hashBytes(from: number, bytes: Uint8Array, start: number, end: number): number {
  let hash = from;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], HASH_PRIME);
  return hash;
}
