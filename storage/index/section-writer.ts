import { encodeUtf8 } from '../../src/common/utf8.ts';

type ItemArray = Uint8Array | Uint32Array | Float64Array | BigInt64Array | BigUint64Array;

/** Builds the raw bytes of a section: arrays at multiples of 8, each preceded by its length (docs/format/index.md). */
export class SectionWriter {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  array(items: ItemArray): this {
    const count = new BigUint64Array([BigInt(items.length)]);
    this.#push(new Uint8Array(count.buffer));
    this.#push(new Uint8Array(items.buffer, items.byteOffset, items.byteLength));
    const padding = -this.#length & 7;
    if (padding > 0) this.#push(new Uint8Array(padding));
    return this;
  }

  strings(values: readonly string[]): this {
    const encoded = values.map(encodeUtf8);
    const offsets = new Uint32Array(values.length + 1);
    for (let i = 0; i < encoded.length; i++) offsets[i + 1] = offsets[i] + encoded[i].length;
    return this.array(offsets).array(Buffer.concat(encoded));
  }

  finish(): Uint8Array {
    return Buffer.concat(this.#parts, this.#length);
  }

  #push(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#length += bytes.length;
  }
}
