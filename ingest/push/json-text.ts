import { BACKSLASH, hexDigit, LETTER_U, simpleEscape, writeCodePoint } from '../../src/common/json-bytes.ts';

const REPLACEMENT = 0xfffd;

/**
 * Resolves the escapes of a valid JSON string between its quotes, in place: text never grows by that. Returns its new
 * end. A surrogate without its other half becomes U+FFFD.
 */
export function unescapeInPlace(bytes: Uint8Array, start: number, end: number): number {
  let from = start;
  while (from < end && bytes[from] !== BACKSLASH) from++;
  let to = from;
  while (from < end) {
    const byte = bytes[from++];
    if (byte !== BACKSLASH) bytes[to++] = byte;
    else if (bytes[from] !== LETTER_U) bytes[to++] = simpleEscape(bytes[from++]);
    else {
      let code = codeUnit(bytes, from + 1);
      from += 5;
      if (code >= 0xd800 && code <= 0xdfff) {
        const second = from + 6 <= end && isUnicodeEscape(bytes, from) ? codeUnit(bytes, from + 2) : 0;
        if (code <= 0xdbff && second >= 0xdc00 && second <= 0xdfff) {
          code = 0x10000 + (code - 0xd800) * 0x400 + (second - 0xdc00);
          from += 6;
        } else code = REPLACEMENT;
      }
      to = writeCodePoint(bytes, to, code);
    }
  }
  return to;
}

function isUnicodeEscape(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === BACKSLASH && bytes[at + 1] === LETTER_U;
}

function codeUnit(bytes: Uint8Array, at: number): number {
  let unit = 0;
  for (let i = at; i < at + 4; i++) unit = unit * 16 + hexDigit(bytes[i]);
  return unit;
}
