import { ByteInterner } from '../../src/common/byte-interner.ts';
import { encodeUtf8 } from '../../src/common/utf8.ts';
import { TokenLengths } from './token-lengths.ts';
import { BYTE_CODE } from './tokens.ts';

/** Distinct tokens that a row group lists per level, and their bytes. */
const LISTED_MAX = 256;
const LISTED_BYTES_MAX = 8192;

/**
 * The long tokens of a row group, of one level of length: few distinct ones are listed as they are, of many only the
 * lengths are known.
 */
export class LongTokens {
  readonly lengths = new TokenLengths();
  #listed = new ByteInterner(LISTED_MAX);
  #listedBytes = 0;
  #isListed = true;

  /** Whether distinct tokens are still few. */
  get isListed(): boolean {
    return this.#isListed;
  }

  /** Lists the token `values[start .. end)`, and takes note of its parts. */
  note(values: Uint8Array, start: number, end: number, mask: number): void {
    if (this.#isListed) this.#list(values, start, end);
    this.lengths.note(values, start, end, mask);
  }

  /** The distinct tokens in lower case, each followed by a zero; null when there are too many. */
  listed(): Uint8Array | null {
    if (!this.#isListed) return null;
    const bytes = encodeUtf8(
      this.#listed
        .values()
        .map((token) => `${token}\0`)
        .join(''),
    );
    return bytes.map((byte) => BYTE_CODE[byte] & 0xff);
  }

  clear(): void {
    this.lengths.clear();
    if (this.#listedBytes > 0) this.#listed = new ByteInterner(LISTED_MAX);
    this.#listedBytes = 0;
    this.#isListed = true;
  }

  #list(values: Uint8Array, start: number, end: number): void {
    const { count } = this.#listed;
    const isFull = end - start > LISTED_BYTES_MAX || this.#listed.intern(values, start, end) < 0;
    if (this.#listed.count > count) this.#listedBytes += end - start + 1;
    this.#isListed = !isFull && this.#listedBytes <= LISTED_BYTES_MAX;
  }
}
