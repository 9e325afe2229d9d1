import { SkaldError } from '../../src/common/errors.ts';
import {
  QUOTE,
  BACKSLASH,
  OPEN_BRACE,
  CLOSE_BRACE,
  OPEN_BRACKET,
  CLOSE_BRACKET,
  COMMA,
  COLON,
  LETTER_U,
  simpleEscape,
  hexDigit,
} from '../../src/common/json-bytes.ts';
import { decodeUtf8 } from '../../src/common/utf8.ts';

const LETTER_N = 0x6e;

/** Nesting of a value that is skipped. */
const DEPTH_MAX = 1_000;
/** Loki reads bodies in blocks of this size, and error texts quote from one block only. */
const BLOCK_LENGTH = 512;
const NEAR = 10;
const CONTEXT = 50;
/** A number and nothing else, up to where it ends. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Bytes that end the fast scan of a string: its quote, an escape, a control character. */
const STOPS_STRING = new Uint8Array(256);
STOPS_STRING.fill(1, 0, 0x20);
STOPS_STRING[QUOTE] = 1;
STOPS_STRING[BACKSLASH] = 1;

/**
 * Walks over JSON bytes and checks them. Errors are SkaldErrors `bad_request` in the form that Loki's JSON library gives
 * them: what was done, what was found, and the bytes around (`prefix` says where in the document).
 */
export class JsonReader {
  readonly bytes: Uint8Array;
  /** Position after the last byte that was read. */
  head = 0;
  prefix = '';

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Reads the next byte that is not space; 0 at the end, where `head` stays. */
  nextToken(): number {
    for (let i = this.head; i < this.bytes.length; i++) {
      const byte = this.bytes[i];
      if (byte === 0x20 || byte === 0x0a || byte === 0x09 || byte === 0x0d) continue;
      this.head = i + 1;
      return byte;
    }
    return 0;
  }

  /** Reads `{` and stands before its first key; false when there is none, or the value is null. */
  enterObject(): boolean {
    const byte = this.nextToken();
    if (byte === LETTER_N) {
      this.#literal('ull');
      return false;
    }
    if (byte !== OPEN_BRACE) this.fail('readObjectStart', `expect { or n, but found ${charOf(byte)}`);
    const next = this.nextToken();
    if (next === CLOSE_BRACE) return false;
    if (next !== QUOTE) this.fail('readObjectStart', `expect " after {, but found ${charOf(next)}`);
    this.head--;
    return true;
  }

  /** Reads `[` and stands before its first item; false when there is none, or the value is null. */
  enterArray(): boolean {
    const byte = this.nextToken();
    if (byte === LETTER_N) {
      this.#literal('ull');
      return false;
    }
    if (byte !== OPEN_BRACKET) this.fail('decode slice', `expect [ or n, but found ${charOf(byte)}`);
    const next = this.nextToken();
    if (next === CLOSE_BRACKET) return false;
    if (next !== 0) this.head--;
    return true;
  }

  /** Reads the comma before the next item, or the end of the array and returns false. */
  nextItem(): boolean {
    const byte = this.nextToken();
    if (byte === COMMA) return true;
    if (byte !== CLOSE_BRACKET) this.fail('decode slice', `expect ], but found ${charOf(byte)}`);
    return false;
  }

  /** Reads a key and its colon; returns the key. */
  readKey(): string {
    const byte = this.nextToken();
    if (byte !== QUOTE) this.fail('readFieldHash', `expect ", but found ${charOf(byte)}`);
    const start = this.head;
    this.#skipString();
    const colon = this.nextToken();
    if (colon !== COLON) this.fail('readFieldHash', `expect :, but found ${charOf(colon)}`);
    let end = this.head - 1;
    while (this.bytes[end] !== QUOTE) end--;
    return decodeUtf8(this.bytes, start, end);
  }

  /** Reads the comma before the next key, or the end of the object and returns false. */
  nextMember(): boolean {
    const byte = this.nextToken();
    if (byte === COMMA) return true;
    if (byte !== CLOSE_BRACE) this.fail('isObjectEnd', `object ended prematurely, unexpected char ${charOf(byte)}`);
    return false;
  }

  /** Stands before the next value: its start. */
  startOfValue(): number {
    if (this.nextToken() !== 0) this.head--;
    return this.head;
  }

  /** Checks and skips a value of any kind. */
  skipValue(depth = 0): void {
    if (depth > DEPTH_MAX) this.fail('Skip', 'exceeded max depth');
    const byte = this.nextToken();
    switch (byte) {
      case QUOTE:
        return this.#skipString();
      case OPEN_BRACE:
        this.head--;
        return this.#skipObject(depth);
      case OPEN_BRACKET:
        this.head--;
        return this.#skipArray(depth);
      case LETTER_N:
        return this.#literal('ull');
      case 0x74:
        return this.#literal('rue');
      case 0x66:
        return this.#literal('alse');
      default:
        if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) return this.#skipNumber();
        return this.fail('Skip', `do not know how to skip: ${byte}`);
    }
  }

  #skipObject(depth: number): void {
    if (!this.enterObject()) return;
    do {
      const byte = this.nextToken();
      if (byte !== QUOTE) this.fail('ReadObjectCB', `expect ", but found ${charOf(byte)}`);
      this.#skipString();
      const colon = this.nextToken();
      if (colon !== COLON) this.fail('ReadObject', `expect : after object field, but found ${charOf(colon)}`);
      this.skipValue(depth + 1);
    } while (this.nextMember());
  }

  #skipArray(depth: number): void {
    if (!this.enterArray()) return;
    do this.skipValue(depth + 1);
    while (this.nextItem());
  }

  /** Skips the rest of a string after its opening quote. */
  #skipString(): void {
    const { bytes } = this;
    let i = this.head;
    let escaped = false;
    for (; i < bytes.length; i++) {
      if (STOPS_STRING[bytes[i]] === 0) continue;
      const byte = bytes[i];
      if (byte === QUOTE) {
        this.head = i + 1;
        return;
      }
      this.head = i + 1;
      if (byte === BACKSLASH) {
        escaped = true;
        this.#skipEscape();
        i = this.head - 1;
      } else if (!escaped) this.fail('ReadString', `invalid control character found: ${byte}`);
    }
    this.head = bytes.length;
    this.fail('readStringSlowPath', 'unexpected end of input');
  }

  #skipEscape(): void {
    const byte = this.head < this.bytes.length ? this.bytes[this.head] : 0;
    if (byte === 0) this.fail('readStringSlowPath', 'unexpected end of input');
    this.head++;
    if (byte === LETTER_U) {
      for (let digit = 0; digit < 4; digit++) {
        const hex = this.head < this.bytes.length ? this.bytes[this.head++] : 0;
        if (hexDigit(hex) < 0) this.fail('readU4', `expected 0~9 or a~f, but found ${charOf(hex)}`);
      }
    } else if (simpleEscape(byte) < 0) this.fail('readEscapedChar', 'invalid escape char after \\');
  }

  #skipNumber(): void {
    const start = this.head - 1;
    while (this.head < this.bytes.length && isNumberByte(this.bytes[this.head])) this.head++;
    if (!NUMBER.test(decodeUtf8(this.bytes, start, this.head))) this.fail('skipNumber', 'invalid number');
  }

  #literal(rest: string): void {
    for (let i = 0; i < rest.length; i++) {
      const byte = this.head < this.bytes.length ? this.bytes[this.head++] : 0;
      if (byte !== rest.charCodeAt(i)) {
        this.fail(rest.length === 3 ? 'skipThreeBytes' : 'skipFourBytes', `expect ${rest}`);
      }
    }
  }

  fail(operation: string, message: string): never {
    throw this.error(operation, message, this.surroundings());
  }

  error(operation: string, message: string, surroundings: string): SkaldError {
    return new SkaldError('bad_request', `${this.prefix}${operation}: ${message}, ${surroundings}`);
  }

  /** How an error text describes the place up to which was read. */
  surroundings(): string {
    const { bytes, head } = this;
    const blockStart = Math.max(0, Math.ceil(head / BLOCK_LENGTH) - 1) * BLOCK_LENGTH;
    const blockEnd = Math.min(blockStart + BLOCK_LENGTH, bytes.length);
    const from = Math.max(blockStart, head - NEAR);
    const near = decodeUtf8(bytes, from, Math.min(blockEnd, head + NEAR));
    const context = decodeUtf8(bytes, Math.max(blockStart, head - CONTEXT), Math.min(blockEnd, head + CONTEXT));
    return `error found in #${head - from} byte of ...|${near}|..., bigger context ...|${context}|...`;
  }
}

function charOf(byte: number): string {
  return byte < 0x80 ? String.fromCharCode(byte) : '\ufffd';
}

function isNumberByte(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2b || byte === 0x2d || byte === 0x2e || (byte | 0x20) === 0x65;
}
