import type { Labels } from '../../../common/labels.ts';
import { utf8Length } from '../../../common/utf8.ts';

/** A sample of a series as remote write sends it. `value` null is a staleness marker: the series has ended. */
export interface WriteSample {
  readonly labels: Labels;
  readonly value: number | null;
  readonly timestampMs: number;
}

/** The bits of the one NaN that means «this series has ended» to Prometheus. */
const STALE_HIGH = 0x7ff00000;
const STALE_LOW = 0x00000002;

const varintLength = (value: number): number => (value < 0x80 ? 1 : 1 + varintLength(Math.floor(value / 128)));
const fieldLength = (length: number): number => 1 + varintLength(length) + length;

/**
 * A `prometheus.WriteRequest` in protobuf, one time series for each sample. Requests one after another are a request with
 * all of their series.
 */
export function encodeWriteRequest(samples: readonly WriteSample[]): Uint8Array {
  const lengths = samples.map(seriesLength);
  const writer = new Writer(lengths.reduce((sum, length) => sum + fieldLength(length), 0));
  for (const [i, { labels, value, timestampMs }] of samples.entries()) {
    writer.field(1, lengths[i]);
    for (const [name, text] of labels.pairs) {
      writer.field(1, pairLength(name, text));
      writer.text(1, name);
      writer.text(2, text);
    }
    writer.field(2, sampleLength(timestampMs));
    writer.sample(value, timestampMs);
  }
  return writer.bytes;
}

function seriesLength({ labels, timestampMs }: WriteSample): number {
  return labels.pairs.reduce(
    (sum, [name, value]) => sum + fieldLength(pairLength(name, value)),
    fieldLength(sampleLength(timestampMs)),
  );
}

function pairLength(name: string, value: string): number {
  return fieldLength(utf8Length(name)) + fieldLength(utf8Length(value));
}

/** A double and a varint; times before 1970 do not occur. */
function sampleLength(timestampMs: number): number {
  return 9 + 1 + varintLength(timestampMs);
}

class Writer {
  readonly bytes: Buffer;
  #at = 0;

  constructor(length: number) {
    this.bytes = Buffer.allocUnsafe(length);
  }

  /** Tag and length of a field with content. */
  field(number: number, length: number): void {
    this.bytes[this.#at++] = (number << 3) | 2;
    this.#varint(length);
  }

  text(number: number, text: string): void {
    this.field(number, utf8Length(text));
    this.#at += this.bytes.write(text, this.#at, 'utf8');
  }

  sample(value: number | null, timestampMs: number): void {
    this.bytes[this.#at++] = (1 << 3) | 1;
    if (value === null) {
      this.bytes.writeUInt32LE(STALE_LOW, this.#at);
      this.bytes.writeUInt32LE(STALE_HIGH, this.#at + 4);
    } else this.bytes.writeDoubleLE(value, this.#at);
    this.#at += 8;
    this.bytes[this.#at++] = 2 << 3;
    this.#varint(timestampMs);
  }

  #varint(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) this.bytes[this.#at++] = (rest % 128) | 0x80;
    this.bytes[this.#at++] = rest;
  }
}
