import { decodeUtf8 } from '../../src/common/utf8.ts';
import { corruptIndex } from './index-format.ts';

/** Strings that are decoded one by one, when asked for. */
export interface StringTable {
  readonly length: number;
  at(index: number): string;
}

/** Reads what SectionWriter wrote: views where possible, with every bound checked. Throws `corruption`. */
export class SectionReader {
  readonly #bytes: Uint8Array;
  readonly #key: string;
  readonly #offset: number;
  #at = 0;

  /** `offset` is where the section is stored, for error texts; `bytes` start at a multiple of 8 of their buffer. */
  constructor(bytes: Uint8Array, key: string, offset: number) {
    this.#bytes = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
    this.#key = key;
    this.#offset = offset;
  }

  uint8(): Uint8Array {
    return this.#take(1, (buffer, offset, length) => new Uint8Array(buffer, offset, length));
  }

  uint32(): Uint32Array {
    return this.#take(4, (buffer, offset, length) => new Uint32Array(buffer, offset, length));
  }

  float64(): Float64Array {
    return this.#take(8, (buffer, offset, length) => new Float64Array(buffer, offset, length));
  }

  int64(): BigInt64Array {
    return this.#take(8, (buffer, offset, length) => new BigInt64Array(buffer, offset, length));
  }

  uint64(): BigUint64Array {
    return this.#take(8, (buffer, offset, length) => new BigUint64Array(buffer, offset, length));
  }

  /** Offsets that ascend from 0 to `end`; to anything when it is null. */
  offsets(end: number | null): Uint32Array {
    const offsets = this.uint32();
    this.check(ascends(offsets) && (end === null || offsets.at(-1) === end), 'offsets do not ascend to their end');
    return offsets;
  }

  strings(): StringTable {
    const offsets = this.uint32();
    const values = this.uint8();
    this.check(ascends(offsets) && offsets.at(-1) === values.length, 'string offsets do not ascend to their end');
    const decoded: (string | undefined)[] = [];
    return {
      length: offsets.length - 1,
      at: (index) => (decoded[index] ??= decodeUtf8(values, offsets[index], offsets[index + 1])),
    };
  }

  check(condition: boolean, what: string): void {
    if (!condition) throw corruptIndex(this.#key, this.#offset, what);
  }

  /** Arrays of a table have one length. */
  sameLength(what: string, ...arrays: readonly { readonly length: number }[]): void {
    const length = arrays[0]?.length;
    this.check(
      arrays.every((array) => array.length === length),
      `arrays of ${what} differ in length`,
    );
  }

  /** Nothing but padding is left. */
  end(): void {
    this.check(this.#bytes.length - this.#at < 8, 'section is longer than its arrays');
  }

  #take<T>(itemBytes: number, view: (buffer: ArrayBufferLike, offset: number, length: number) => T): T {
    const { buffer, byteOffset, length } = this.#bytes;
    this.check(this.#at + 8 <= length, 'section ends within an array length');
    const header = new DataView(buffer, byteOffset + this.#at, 8);
    const count = header.getUint32(0, true);
    const start = this.#at + 8;
    const fits = header.getUint32(4, true) === 0 && start + count * itemBytes <= length;
    this.check(fits, 'section ends within an array');
    this.#at = (start + count * itemBytes + 7) & ~7;
    return view(buffer, byteOffset + start, count);
  }
}

function ascends(offsets: Uint32Array): boolean {
  if (offsets[0] !== 0) return false;
  for (let i = 1; i < offsets.length; i++) if (offsets[i] < offsets[i - 1]) return false;
  return true;
}
