import {
  QUOTE,
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  DIGIT_0,
  DIGIT_9,
  OPEN_BRACE,
  OPEN_BRACKET,
  LETTER_U,
  MINUS,
  SPACE,
  simpleEscape,
  hexEscape,
  writeCodePoint,
} from '../../src/common/json-bytes.ts';
import type { ByteArena } from '../batch/byte-arena.ts';

const REPLACEMENT = 0xfffd;

/** Position of the quote that closes the string whose content begins at `at`, or -1. */
export function stringEnd(heap: Uint8Array, at: number, end: number): number {
  for (let pos = at; pos < end; pos += 2) {
    let c = 0;
    while (pos < end && (c = heap[pos]) !== QUOTE && c !== BACKSLASH) pos++;
    if (c === QUOTE) return pos;
  }
  return -1;
}

/**
 * Position after the bracket that closes the one at `at`, or -1. Only brackets of that kind are counted, strings are
 * skipped: what is inside need not be JSON.
 */
export function blockEnd(heap: Uint8Array, at: number, end: number, open: number, close: number): number {
  let depth = 0;
  for (let pos = at; pos < end; pos++) {
    const c = heap[pos];
    if (c === QUOTE) {
      pos = stringEnd(heap, pos + 1, end);
      if (pos < 0) return -1;
    } else if (c === open) {
      depth++;
    } else if (c === close && --depth === 0) {
      return pos + 1;
    }
  }
  return -1;
}

/**
 * End of a block or word that begins at `at` and that nothing is wanted of, or -1: it is not complete, or not known, or an
 * object of which something is wanted (`wantedBelow`).
 */
export function usualValueEnd(heap: Uint8Array, at: number, end: number, wantedBelow: boolean): number {
  const c = heap[at];
  if (c === OPEN_BRACE) return wantedBelow ? -1 : blockEnd(heap, at, end, OPEN_BRACE, CLOSE_BRACE);
  if (c === OPEN_BRACKET) return blockEnd(heap, at, end, OPEN_BRACKET, CLOSE_BRACKET);
  const close = tokenEnd(heap, at, end);
  return tokenKind(heap, at, close) === 'Unknown' ? -1 : close;
}

/** End of a number or word: at white space, a comma or a closing bracket. */
export function tokenEnd(heap: Uint8Array, at: number, end: number): number {
  let pos = at;
  while (pos < end) {
    const c = heap[pos];
    if (c <= COMMA) {
      if (c === COMMA || c === SPACE || c === 0x0a || c === 0x0d || c === 0x09) break;
    } else if (c === CLOSE_BRACE || c === CLOSE_BRACKET) {
      break;
    }
    pos++;
  }
  return pos;
}

export type TokenKind = 'Number' | 'Boolean' | 'Null' | 'Unknown';

/** What the token `heap[start .. end)` is. Whatever begins like a number is one. */
export function tokenKind(heap: Uint8Array, start: number, end: number): TokenKind {
  const c = heap[start];
  if (start === end) return 'Unknown';
  if ((c >= DIGIT_0 && c <= DIGIT_9) || c === MINUS) return 'Number';
  if (c === 0x74 && isWord(heap, start, end, 'true')) return 'Boolean';
  if (c === 0x66 && isWord(heap, start, end, 'false')) return 'Boolean';
  if (c === 0x6e && isWord(heap, start, end, 'null')) return 'Null';
  return 'Unknown';
}

function isWord(heap: Uint8Array, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) return false;
  for (let i = 0; i < word.length; i++) if (heap[start + i] !== word.charCodeAt(i)) return false;
  return true;
}

/**
 * Appends the unescaped string `heap[start .. end)` to the arena and returns its length; U+FFFD becomes a space
 * (fact 129). -1, and nothing appended, when an escape is not valid.
 */
export function unescapeJson(heap: Uint8Array, start: number, end: number, arena: ByteArena): number {
  const begin = arena.reserve(end - start);
  const out = arena.bytes;
  let to = begin;
  for (let pos = start; pos < end;) {
    const c = heap[pos];
    if (c !== BACKSLASH) {
      if (c === 0xef && isReplacement(heap, pos, end)) {
        out[to++] = SPACE;
        pos += 3;
      } else {
        out[to++] = c;
        pos++;
      }
      continue;
    }
    const escape = pos + 1 < end ? heap[pos + 1] : 0;
    if (escape === LETTER_U) {
      const point = unicodeEscape(heap, pos, end);
      if (point < 0) return -1;
      to = writeCodePoint(out, to, point === REPLACEMENT ? SPACE : point);
      pos += point > 0xffff ? 12 : 6;
    } else {
      const plain = simpleEscape(escape);
      if (plain < 0) return -1;
      out[to++] = plain;
      pos += 2;
    }
  }
  arena.size = to;
  return to - begin;
}

/** Whether U+FFFD is at `pos`. */
export function isReplacement(heap: Uint8Array, pos: number, end: number): boolean {
  return pos + 2 < end && heap[pos] === 0xef && heap[pos + 1] === 0xbf && heap[pos + 2] === 0xbd;
}

/** The code point of `\uXXXX`, or of a surrogate pair of them, at `pos`; -1 when it is not valid or half a pair. */
function unicodeEscape(heap: Uint8Array, pos: number, end: number): number {
  const first = hexEscape(heap, pos, end);
  if (first < 0xd800 || first > 0xdfff) return first;
  const second = hexEscape(heap, pos + 6, end);
  if (first > 0xdbff || second < 0xdc00 || second > 0xdfff) return -1;
  return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}
