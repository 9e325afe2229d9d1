import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  DIGIT_0,
  DIGIT_9,
  MINUS,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipSpace,
} from '../../src/common/json-bytes.ts';

/** Lines with deeper objects and arrays do not count as sound. */
export const SOUND_DEPTH_MAX = 64;

const UNSOUND = -1;

/**
 * Whether every one of these lines that begins with a brace is **sound**: one JSON object and nothing behind it, in which
 * every key ends in an ASCII letter or digit and has no escape. Whoever reads such a line may stop at the last key that
 * is needed, because the rest has no surprise (docs/format/index.md).
 */
export function areSound(lines: Uint8Array, offsets: Int32Array): boolean {
  for (let row = 0; row + 1 < offsets.length; row++) {
    const start = offsets[row];
    const end = offsets[row + 1];
    if (start === end || lines[start] !== OPEN_BRACE) continue;
    if (objectEnd(lines, start, end, 1) !== end) return false;
  }
  return true;
}

/** The position after the object that begins at `at`, or UNSOUND. */
function objectEnd(heap: Uint8Array, at: number, end: number, depth: number): number {
  if (depth > SOUND_DEPTH_MAX) return UNSOUND;
  let pos = skipSpace(heap, at + 1, end);
  if (pos < end && heap[pos] === CLOSE_BRACE) return pos + 1;
  for (;;) {
    pos = keyEnd(heap, pos, end);
    if (pos < 0) return UNSOUND;
    pos = skipSpace(heap, pos, end);
    if (pos >= end || heap[pos] !== COLON) return UNSOUND;
    pos = valueEnd(heap, skipSpace(heap, pos + 1, end), end, depth);
    if (pos < 0) return UNSOUND;
    pos = skipSpace(heap, pos, end);
    if (pos >= end) return UNSOUND;
    if (heap[pos] === CLOSE_BRACE) return pos + 1;
    if (heap[pos] !== COMMA) return UNSOUND;
    pos = skipSpace(heap, pos + 1, end);
  }
}

function arrayEnd(heap: Uint8Array, at: number, end: number, depth: number): number {
  if (depth > SOUND_DEPTH_MAX) return UNSOUND;
  let pos = skipSpace(heap, at + 1, end);
  if (pos < end && heap[pos] === CLOSE_BRACKET) return pos + 1;
  for (;;) {
    pos = valueEnd(heap, pos, end, depth);
    if (pos < 0) return UNSOUND;
    pos = skipSpace(heap, pos, end);
    if (pos >= end) return UNSOUND;
    if (heap[pos] === CLOSE_BRACKET) return pos + 1;
    if (heap[pos] !== COMMA) return UNSOUND;
    pos = skipSpace(heap, pos + 1, end);
  }
}

/** The position after the value that begins at `at`, which may be the end already. */
function valueEnd(heap: Uint8Array, at: number, end: number, depth: number): number {
  if (at >= end) return UNSOUND;
  switch (heap[at]) {
    case QUOTE:
      return stringEnd(heap, at + 1, end);
    case OPEN_BRACE:
      return objectEnd(heap, at, end, depth + 1);
    case OPEN_BRACKET:
      return arrayEnd(heap, at, end, depth + 1);
    case 0x74:
      return wordEnd(heap, at, end, 'true');
    case 0x66:
      return wordEnd(heap, at, end, 'false');
    case 0x6e:
      return wordEnd(heap, at, end, 'null');
    default:
      return numberEnd(heap, at, end);
  }
}

/** A key in quotes, none of whose names can be one of the language's own, which end in underscores. */
function keyEnd(heap: Uint8Array, at: number, end: number): number {
  if (at >= end || heap[at] !== QUOTE) return UNSOUND;
  let pos = at + 1;
  let c = 0;
  while (pos < end && (c = heap[pos]) !== QUOTE && c !== BACKSLASH) pos++;
  return pos < end && c === QUOTE && isAlphanumeric(heap[pos - 1]) ? pos + 1 : UNSOUND;
}

function isAlphanumeric(c: number): boolean {
  const lower = c | 0x20;
  return (c >= DIGIT_0 && c <= DIGIT_9) || (lower >= 0x61 && lower <= 0x7a && c >= 0x41);
}

function stringEnd(heap: Uint8Array, at: number, end: number): number {
  for (let pos = at; pos < end; pos += 2) {
    let c = 0;
    while (pos < end && (c = heap[pos]) !== QUOTE && c !== BACKSLASH) pos++;
    if (c === QUOTE) return pos + 1;
  }
  return UNSOUND;
}

/** Digits, signs, points and exponents in any order: what matters is where it ends. */
function numberEnd(heap: Uint8Array, at: number, end: number): number {
  let pos = at;
  if (heap[pos] !== MINUS && !isNumeric(heap[pos])) return UNSOUND;
  while (pos < end && (isNumeric(heap[pos]) || isNumberSign(heap[pos]))) pos++;
  return pos;
}

function isNumeric(c: number): boolean {
  return c >= DIGIT_0 && c <= DIGIT_9;
}

/** `.`, `-`, `+`, `e`, `E`. */
function isNumberSign(c: number): boolean {
  return c === 0x2e || c === MINUS || c === 0x2b || (c | 0x20) === 0x65;
}

function wordEnd(heap: Uint8Array, at: number, end: number, word: string): number {
  if (end - at < word.length) return UNSOUND;
  for (let i = 0; i < word.length; i++) if (heap[at + i] !== word.charCodeAt(i)) return UNSOUND;
  return at + word.length;
}
