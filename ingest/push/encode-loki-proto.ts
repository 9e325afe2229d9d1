import { compressSync } from 'snappy';
import { floorDiv, NS_PER_SECOND } from '../../src/common/time.ts';
import { utf8Length } from '../../src/common/utf8.ts';

export interface PushEntry {
  readonly timestampNs: bigint;
  /** Text, or its bytes. */
  readonly line: string | Uint8Array;
  readonly metadata?: readonly (readonly [name: string, value: string])[];
}

export interface PushStream {
  /** Canonical label text, `{app="api"}`. */
  readonly labels: string;
  readonly entries: readonly PushEntry[];
}

const lengthOf = (text: string | Uint8Array): number => (typeof text === 'string' ? utf8Length(text) : text.length);
const varintLength = (value: number): number => (value < 0x80 ? 1 : 1 + varintLength(Math.floor(value / 128)));
/** Length of a field with a one-byte tag, whose content has `length` bytes. */
const fieldLength = (length: number): number => 1 + varintLength(length) + length;

/** A Loki PushRequest in protobuf (features section 1.1), not compressed. */
export function encodePushRequest(streams: readonly PushStream[]): Uint8Array {
  const lengths = streams.map(streamLength);
  const writer = new Writer(lengths.reduce((sum, length) => sum + fieldLength(length), 0));
  streams.forEach((stream, i) => {
    writer.field(1, lengths[i]);
    writer.text(1, stream.labels);
    for (const entry of stream.entries) writeEntry(writer, entry);
  });
  return writer.bytes;
}

/** The body of a push: snappy-compressed, for Content-Type `application/x-protobuf`. */
export function encodePushBody(streams: readonly PushStream[]): Uint8Array {
  return compressSync(Buffer.from(encodePushRequest(streams)));
}

function streamLength({ labels, entries }: PushStream): number {
  return entries.reduce((sum, entry) => sum + fieldLength(entryLength(entry)), fieldLength(lengthOf(labels)));
}

function entryLength({ timestampNs, line, metadata = [] }: PushEntry): number {
  const time = timestampLength(timestampNs);
  return metadata.reduce(
    (sum, pair) => sum + fieldLength(pairLength(pair)),
    fieldLength(time) + fieldLength(lengthOf(line)),
  );
}

const pairLength = ([name, value]: readonly [string, string]): number =>
  fieldLength(lengthOf(name)) + fieldLength(lengthOf(value));

function timestampLength(timestampNs: bigint): number {
  const [seconds, nanos] = split(timestampNs);
  return (seconds === 0 ? 0 : 1 + secondsLength(seconds)) + (nanos === 0 ? 0 : 1 + varintLength(nanos));
}

/** A negative varint has all ten bytes of a 64-bit number. */
const secondsLength = (seconds: number): number => (seconds < 0 ? 10 : varintLength(seconds));

function split(timestampNs: bigint): [seconds: number, nanos: number] {
  const seconds = floorDiv(timestampNs, NS_PER_SECOND);
  return [Number(seconds), Number(timestampNs - seconds * NS_PER_SECOND)];
}

function writeEntry(writer: Writer, entry: PushEntry): void {
  writer.field(2, entryLength(entry));
  writer.field(1, timestampLength(entry.timestampNs));
  const [seconds, nanos] = split(entry.timestampNs);
  if (seconds !== 0) writer.number(1, seconds);
  if (nanos !== 0) writer.number(2, nanos);
  writer.text(2, entry.line);
  for (const pair of entry.metadata ?? []) {
    writer.field(3, pairLength(pair));
    writer.text(1, pair[0]);
    writer.text(2, pair[1]);
  }
}

/** Writes fields of known lengths one after another. */
class Writer {
  readonly bytes: Buffer;
  #at = 0;

  constructor(length: number) {
    this.bytes = Buffer.alloc(length);
  }

  /** Tag and length of a submessage or string; its content follows. */
  field(field: number, length: number): void {
    this.bytes[this.#at++] = (field << 3) | 2;
    this.#varint(length);
  }

  text(field: number, text: string | Uint8Array): void {
    this.field(field, lengthOf(text));
    if (typeof text === 'string') this.#at += this.bytes.write(text, this.#at);
    else {
      this.bytes.set(text, this.#at);
      this.#at += text.length;
    }
  }

  number(field: number, value: number): void {
    this.bytes[this.#at++] = field << 3;
    if (value >= 0) this.#varint(value);
    else {
      let rest = BigInt.asUintN(64, BigInt(value));
      for (; rest >= 0x80n; rest >>= 7n) this.bytes[this.#at++] = Number(rest & 0x7fn) | 0x80;
      this.bytes[this.#at++] = Number(rest);
    }
  }

  #varint(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) this.bytes[this.#at++] = (rest % 128) | 0x80;
    this.bytes[this.#at++] = rest;
  }
}
