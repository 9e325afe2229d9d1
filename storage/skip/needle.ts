import { encodeUtf8 } from '../../src/common/utf8.ts';
import { BYTE_CODE, hashPair, hashPairName, hashToken, NOT_ASCII, TOKEN_BYTES_MIN, TOKEN_CODE_MIN } from './tokens.ts';

/** A text that a line must contain, taken apart into tokens; the shortest ones are left out. */
export interface Needle {
  readonly tokens: readonly NeedleToken[];
  /** Compared without case: by any rule under which ASCII letters are equal to nothing but letters outside of ASCII. */
  readonly ignoreCase: boolean;
}

/** A run of token bytes of a needle. At the needle's ends it may be a part of a longer token of the line. */
export interface NeedleToken {
  readonly hash: number;
  /** Its bytes in lower case. */
  readonly bytes: Buffer;
  readonly mask: number;
  readonly length: number;
  /** Kind of the delimiter beside it, or OPEN. */
  readonly after: number;
  readonly before: number;
}

/** The needle ends here: anything may be beside it in the line. */
export const OPEN = -1;

/** Null for a needle of which nothing can be decided: no tokens of some length, or letters outside of ASCII without case. */
export function compileNeedle(text: string | Uint8Array, ignoreCase: boolean): Needle | null {
  const bytes = typeof text === 'string' ? encodeUtf8(text) : text;
  const tokens: NeedleToken[] = [];
  for (let at = 0; at < bytes.length; at++) {
    if (BYTE_CODE[bytes[at]] < TOKEN_CODE_MIN) continue;
    const start = at;
    let classes = 0;
    for (; at < bytes.length && BYTE_CODE[bytes[at]] >= TOKEN_CODE_MIN; at++) {
      classes |= BYTE_CODE[bytes[at]];
    }
    if (at - start < TOKEN_BYTES_MIN) continue;
    const folded = Buffer.from(bytes.slice(start, at).map((byte) => BYTE_CODE[byte] & 0xff));
    tokens.push({
      hash: hashToken(folded),
      bytes: folded,
      mask: classes >>> 8,
      length: at - start,
      after: start === 0 ? OPEN : BYTE_CODE[bytes[start - 1]],
      before: at === bytes.length ? OPEN : BYTE_CODE[bytes[at]],
    });
  }
  if (tokens.length === 0 || (ignoreCase && tokens.some(({ mask }) => (mask & NOT_ASCII) !== 0))) return null;
  return { tokens, ignoreCase };
}

/** The hash under which a pair of structured metadata is in the filter. */
export function compilePair(name: string, value: string): number {
  const bytes = encodeUtf8(value);
  return hashPair(hashPairName(encodeUtf8(name)), bytes, 0, bytes.length);
}
