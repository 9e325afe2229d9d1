import { SkaldError } from '../../../src/common/errors.ts';

export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

const TWO_32 = 2 ** 32;

/**
 * Walks over the fields of protobuf messages. After `next` returned true, `field` and `wireType` say what was read, and
 * `start` to `stop` its content (wire type 2) or `low` and `high` its bits (the others). To go into a message, keep its
 * bounds, set `at` to its start, and call `next` with its stop; at the end `at` is there. Errors are SkaldErrors
 * `bad_request` with the texts of Go's protobuf code.
 */
export class WireReader {
  readonly bytes: Uint8Array;
  at = 0;
  field = 0;
  wireType = VARINT;
  start = 0;
  stop = 0;
  low = 0;
  high = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  next(end: number): boolean {
    if (this.at >= end) return false;
    this.#varint(end);
    if (this.high !== 0 || this.low < 8) refuse(`proto: illegal tag ${this.low >>> 3} (wire type ${this.low & 7})`);
    this.field = this.low >>> 3;
    this.wireType = this.low & 7;
    switch (this.wireType) {
      case VARINT:
        this.#varint(end);
        return true;
      case BYTES:
        this.#varint(end);
        this.start = this.at;
        if (this.high !== 0 || this.low > end - this.at) refuse('unexpected EOF');
        this.stop = this.at + this.low;
        this.at = this.stop;
        return true;
      case FIXED64:
      case FIXED32:
        this.#fixed(this.wireType === FIXED64 ? 8 : 4, end);
        return true;
      default:
        return refuse(`proto: illegal wireType ${this.wireType}`);
    }
  }

  /** Refuses the field when it was not written with this wire type. */
  expect(wireType: number, name: string): void {
    if (this.wireType !== wireType) refuse(`proto: wrong wireType = ${this.wireType} for field ${name}`);
  }

  /** The bits as signed 64-bit integer in decimal. */
  int64Text(): string {
    const value = (this.high | 0) * TWO_32 + this.low;
    if (Number.isSafeInteger(value)) return String(value);
    return String(BigInt.asIntN(64, (BigInt(this.high) << 32n) | BigInt(this.low)));
  }

  double(): number {
    const view = new DataView(new ArrayBuffer(8));
    view.setUint32(0, this.high);
    view.setUint32(4, this.low);
    return view.getFloat64(0);
  }

  #fixed(length: number, end: number): void {
    if (length > end - this.at) refuse('unexpected EOF');
    this.low = this.#uint32(this.at);
    this.high = length === 8 ? this.#uint32(this.at + 4) : 0;
    this.at += length;
  }

  #uint32(at: number): number {
    const { bytes } = this;
    return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
  }

  /** In parts of 28, 28 and 8 bits. */
  #varint(end: number): void {
    let low = 0;
    let middle = 0;
    let last = 0;
    for (let i = 0; ; i++) {
      if (i === 10) refuse('proto: integer overflow');
      if (this.at >= end) refuse('unexpected EOF');
      const byte = this.bytes[this.at++];
      if (i < 4) low |= (byte & 0x7f) << (7 * i);
      else if (i < 8) middle |= (byte & 0x7f) << (7 * (i - 4));
      else last |= (byte & 0x7f) << (7 * (i - 8));
      if (byte < 0x80) break;
    }
    this.low = (low | (middle << 28)) >>> 0;
    this.high = ((middle >>> 4) | (last << 24)) >>> 0;
  }
}

function refuse(message: string): never {
  throw new SkaldError('bad_request', message);
}
