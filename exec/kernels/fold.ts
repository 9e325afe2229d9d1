import type { CaseMode } from '../../src/common/regexp/literals.ts';
import { encodeUtf8 } from '../../src/common/utf8.ts';

/**
 * The source of a RegExp without flags that finds `text` in UTF-8 bytes read as Latin-1, so that a search over a block of
 * lines needs no decoding and its positions are byte positions.
 */
export function bytePattern(text: string, mode: CaseMode): string {
  let out = '';
  for (const char of text) out += charPattern(char, mode);
  return out;
}

/** Characters that are taken for `char`. */
export function caseVariants(char: string, mode: CaseMode): string[] {
  return mode === 'none' ? [char] : mode === 'lower' ? lowerVariants(char) : foldVariants(char);
}

function charPattern(char: string, mode: CaseMode): string {
  const variants = caseVariants(char, mode);
  const ascii = variants.filter((variant) => variant < '\x80');
  const wide = variants.filter((variant) => variant >= '\x80');
  const oneByte = ascii.length > 1 ? `[${ascii.map(escapeBytes).join('')}]` : ascii.map(escapeBytes).join('');
  if (wide.length === 0) return oneByte;
  const all = [...(oneByte === '' ? [] : [oneByte]), ...wide.map(escapeBytes)];
  return all.length === 1 ? all[0] : `(?:${all.join('|')})`;
}

function escapeBytes(char: string): string {
  if (/^[0-9A-Za-z]$/.test(char)) return char;
  return [...encodeUtf8(char)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}

/** ASCII letters fold with their other case; k also with the Kelvin sign, s also with the long s. */
function foldVariants(char: string): string[] {
  const lower = char.toLowerCase();
  const variants = lower === char.toUpperCase() ? [char] : [lower, char.toUpperCase()];
  if (lower === 'k') variants.push('\u212a');
  if (lower === 's') variants.push('\u017f');
  return variants;
}

/** All characters whose lower case is that of `char`. */
function lowerVariants(char: string): string[] {
  const lower = lowerOf(char.codePointAt(0) ?? 0);
  return [String.fromCodePoint(lower), ...(lowerTable().get(lower) ?? [])];
}

/** Simple lower case mapping. The only full mapping of more than one character is that of the dotted capital I. */
export function lowerOf(codePoint: number): number {
  if (codePoint === 0x130) return 0x69;
  return String.fromCodePoint(codePoint).toLowerCase().codePointAt(0) ?? codePoint;
}

/** Past the last character with a lower case. */
const CASED_END = 0x1ea00;

let table: Map<number, string[]> | null = null;

/** Lower case character → the others that map to it; made when first needed. */
function lowerTable(): ReadonlyMap<number, readonly string[]> {
  if (table !== null) return table;
  table = new Map();
  for (let codePoint = 0x41; codePoint < CASED_END; codePoint++) {
    if (codePoint === 0xd800) codePoint = 0xe000;
    const lower = lowerOf(codePoint);
    if (lower === codePoint) continue;
    const others = table.get(lower) ?? [];
    others.push(String.fromCodePoint(codePoint));
    table.set(lower, others);
  }
  return table;
}
