import { insertHash } from '../bloom-filter.ts';
import { LongTokens } from '../long-tokens.ts';
import { TokenLengths } from '../token-lengths.ts';
import {
  BYTE_CODE,
  hashToken,
  LINE_EDGE,
  LONG_TOKENS,
  longLevelOf,
  MASKS,
  NEIGHBOUR_KINDS,
  TOKEN_BYTES_MIN,
  TOKEN_CODE_MIN,
} from '../tokens.ts';

/** What TokenCollector does, token by token. */
export class PlainTokenCollector {
  readonly lengths = new TokenLengths();
  readonly long: readonly LongTokens[] = LONG_TOKENS.map(() => new LongTokens());
  readonly #hashes = new Set<number>();

  get hashCount(): number {
    return this.#hashes.size;
  }

  addLines(values: Uint8Array, offsets: Int32Array | Uint32Array): void {
    for (let line = 0; line + 1 < offsets.length; line++) this.#addLine(values, offsets[line], offsets[line + 1]);
  }

  addHash(hash: number): void {
    this.#hashes.add(hash | 0);
  }

  endGroup(): void {
    // Everything is complete at any time.
  }

  filter(wordCount: number, hashCount: number): Uint32Array {
    const words = new Uint32Array(wordCount);
    for (const hash of this.#hashes) insertHash(words, 0, wordCount, hashCount, hash);
    return words;
  }

  clear(): void {
    this.#hashes.clear();
    this.lengths.clear();
    for (const tokens of this.long) tokens.clear();
  }

  #addLine(values: Uint8Array, lineStart: number, lineEnd: number): void {
    const codeAt = (at: number): number => (at < lineStart || at >= lineEnd ? LINE_EDGE : BYTE_CODE[values[at]]);
    for (let start = lineStart; start < lineEnd; start++) {
      if (codeAt(start) < TOKEN_CODE_MIN) continue;
      let end = start;
      let classes = 0;
      for (; codeAt(end) >= TOKEN_CODE_MIN; end++) classes |= codeAt(end);
      this.#addToken(values, start, end, classes >>> 8, codeAt(start - 1), codeAt(end));
      start = end;
    }
  }

  #addToken(values: Uint8Array, start: number, end: number, mask: number, left: number, right: number): void {
    const length = end - start;
    if (length < TOKEN_BYTES_MIN) return;
    this.addHash(hashToken(values.slice(start, end).map((byte) => BYTE_CODE[byte] & 0xff)));
    const tokens = length < LONG_TOKENS[0] ? null : this.long[longLevelOf(length)];
    const { longest } = tokens?.lengths ?? this.lengths;
    const position = (left * NEIGHBOUR_KINDS + right) * MASKS + mask;
    longest[position] = Math.max(longest[position], length);
    (tokens ?? this.lengths).note(values, start, end, mask);
  }
}
