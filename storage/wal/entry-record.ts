import { Labels } from '../../src/common/labels.ts';
import type { LabelPair } from '../../src/common/labels.ts';
import { encodeUtf8 } from '../../src/common/utf8.ts';
import type { EntryBatch } from '../head/entry-batch.ts';

/** A payload as the parts that are written one after another; they share memory with the batch. */
export interface EncodedPayload {
  readonly parts: readonly Uint8Array[];
  readonly byteLength: number;
}

const HEADER_WORDS = 8;

/** The payload of an entries record (docs/format/wal.md). The batch must not change until it was written. */
export function encodeEntries(tenant: string, batch: EntryBatch): EncodedPayload {
  const rows = batch.rowCount;
  const lineStart = at(batch.lineOffsets, 0);
  const lineEnd = at(batch.lineOffsets, rows);
  const pairStart = at(batch.metadataOffsets, 0);
  const pairs = at(batch.metadataOffsets, rows) - pairStart;
  const valueStart = pairs === 0 ? 0 : at(batch.metadataValueOffsets, pairStart);
  const valueEnd = pairs === 0 ? 0 : at(batch.metadataValueOffsets, pairStart + pairs);
  const text = encodeText(tenant, batch);
  const parts = [
    new Uint8Array(HEADER_WORDS * 4),
    bytesOf(batch.timestamp, 0, rows),
    rebased(batch.lineOffsets, 0, rows + 1),
  ];
  if (batch.streams.length > 1) parts.push(bytesOf(batch.stream, 0, rows));
  if (pairs > 0) {
    parts.push(
      rebased(batch.metadataOffsets, 0, rows + 1),
      bytesOf(batch.metadataName, pairStart, pairs),
      rebased(batch.metadataValueOffsets, pairStart, pairs + 1),
    );
  }
  if (batch.levels.length > 0) parts.push(bytesOf(batch.level, 0, rows));
  parts.push(batch.lines.subarray(lineStart, lineEnd), batch.metadataValues.subarray(valueStart, valueEnd), text);
  const header = new Uint32Array(parts[0].buffer);
  header.set([rows, batch.streams.length, batch.levels.length, pairs, batch.metadataNames.length]);
  header.set([lineEnd - lineStart, valueEnd - valueStart, text.length], 5);
  return { parts, byteLength: parts.reduce((sum, part) => sum + part.length, 0) };
}

function at(values: Uint32Array, index: number): number {
  return values[index];
}

function bytesOf(values: BigInt64Array | Uint32Array | Uint16Array, first: number, count: number): Uint8Array {
  const width = values.BYTES_PER_ELEMENT;
  return new Uint8Array(values.buffer, values.byteOffset + first * width, count * width);
}

/** Offsets that start at 0; a copy only if they do not. */
function rebased(offsets: Uint32Array, first: number, count: number): Uint8Array {
  const base = at(offsets, first);
  if (base === 0) return bytesOf(offsets, first, count);
  const copy = offsets.slice(first, first + count);
  for (let i = 0; i < count; i++) copy[i] = at(copy, i) - base;
  return bytesOf(copy, 0, count);
}

/** Streams come back with almost every push: their label sets are encoded once, as long as somebody holds them. */
const encodedLabels = new WeakMap<Labels, Uint8Array>();

function labelsText(labels: Labels): Uint8Array {
  let text = encodedLabels.get(labels);
  if (text === undefined) {
    text = sizedTexts([String(labels.pairs.length), ...labels.pairs.flat()]);
    encodedLabels.set(labels, text);
  }
  return text;
}

/** Texts, each behind its length. */
function sizedTexts(strings: readonly string[]): Uint8Array {
  const encoded = strings.map(encodeUtf8);
  const target = Buffer.allocUnsafeSlow(encoded.reduce((sum, bytes) => sum + 4 + bytes.length, 0));
  let offset = 0;
  for (const bytes of encoded) {
    offset = target.writeUInt32LE(bytes.length, offset);
    target.set(bytes, offset);
    offset += bytes.length;
  }
  return target;
}

function encodeText(tenant: string, batch: EntryBatch): Uint8Array {
  const names = sizedTexts([...batch.levels, ...batch.metadataNames]);
  return Buffer.concat([sizedTexts([tenant]), ...batch.streams.map(labelsText), names]);
}

/**
 * The batch of a payload, or a text that says what contradicts what in it. The batch shares memory with `payload`,
 * which must start at a multiple of 8 of its buffer.
 */
export function decodeEntries(payload: Uint8Array): { tenant: string; batch: EntryBatch } | string {
  if (payload.length < HEADER_WORDS * 4) return 'the payload is shorter than its header';
  const header = new Uint32Array(payload.buffer, payload.byteOffset, HEADER_WORDS);
  const [rows, streams, levels, pairs, names, lineBytes, valueBytes, textBytes] = header as unknown as Counts;
  const cursor = new Cursor(payload, HEADER_WORDS * 4);
  if (payload.length !== expectedBytes(header as unknown as Counts)) return 'its counts contradict its length';
  if (rows === 0 || streams === 0) return 'it has no rows';
  const timestamp = new BigInt64Array(payload.buffer, cursor.take(rows * 8), rows);
  const words = (count: number): Uint32Array => new Uint32Array(payload.buffer, cursor.take(count * 4), count);
  const lineOffsets = words(rows + 1);
  const stream = streams > 1 ? words(rows) : new Uint32Array(rows);
  const metadataOffsets = pairs > 0 ? words(rows + 1) : new Uint32Array(rows + 1);
  const metadataName = pairs > 0 ? words(pairs) : new Uint32Array(0);
  const metadataValueOffsets = pairs > 0 ? words(pairs + 1) : new Uint32Array(1);
  const level = levels > 0 ? new Uint16Array(payload.buffer, cursor.take(rows * 2), rows) : new Uint16Array(rows);
  const lines = cursor.bytes(lineBytes);
  const metadataValues = cursor.bytes(valueBytes);
  const text = decodeText(cursor.bytes(textBytes), streams, levels, names);
  if (text === null) return 'its text section is malformed';
  const columns = { stream, timestamp, lineOffsets, lines, level, metadataOffsets, metadataName };
  const { tenant, ...tables } = text;
  const batch = { rowCount: rows, ...columns, metadataValueOffsets, metadataValues, ...tables };
  return contradiction(batch) ?? { tenant, batch };
}

type Counts = readonly [number, number, number, number, number, number, number, number];

function expectedBytes([rows, streams, levels, pairs, , lineBytes, valueBytes, textBytes]: Counts): number {
  let bytes = HEADER_WORDS * 4 + rows * 8 + (rows + 1) * 4 + lineBytes + valueBytes + textBytes;
  if (streams > 1) bytes += rows * 4;
  if (pairs > 0) bytes += (rows + 1) * 4 + pairs * 4 + (pairs + 1) * 4;
  if (levels > 0) bytes += rows * 2;
  return bytes;
}

/** Walks over the sections of a payload. */
class Cursor {
  readonly #payload: Uint8Array;
  #offset: number;

  constructor(payload: Uint8Array, offset: number) {
    this.#payload = payload;
    this.#offset = offset;
  }

  /** Offset in the underlying buffer of the next `count` bytes. */
  take(count: number): number {
    const start = this.#payload.byteOffset + this.#offset;
    this.#offset += count;
    return start;
  }

  bytes(count: number): Uint8Array {
    return new Uint8Array(this.#payload.buffer, this.take(count), count);
  }
}

interface Tables {
  readonly tenant: string;
  readonly streams: Labels[];
  readonly levels: string[];
  readonly metadataNames: string[];
}

function decodeText(bytes: Uint8Array, streams: number, levels: number, names: number): Tables | null {
  const strings = splitText(bytes);
  if (strings === null || strings.length < 1 + streams + levels + names) return null;
  let next = 1;
  const table: Labels[] = [];
  for (let i = 0; i < streams; i++) {
    const count = Number(strings[next++] ?? 'none');
    if (!Number.isInteger(count) || count < 0 || next + 2 * count > strings.length) return null;
    const pairs: LabelPair[] = [];
    for (let p = 0; p < count; p++) pairs.push([strings[next++], strings[next++]]);
    table.push(Labels.fromSorted(pairs));
  }
  if (strings.length !== next + levels + names) return null;
  return {
    tenant: strings[0],
    streams: table,
    levels: strings.slice(next, next + levels),
    metadataNames: strings.slice(next + levels),
  };
}

function splitText(bytes: Uint8Array): string[] | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const strings: string[] = [];
  let offset = 0;
  while (offset < text.length) {
    if (offset + 4 > text.length) return null;
    const end = offset + 4 + text.readUInt32LE(offset);
    if (end > text.length) return null;
    strings.push(text.toString('utf8', offset + 4, end));
    offset = end;
  }
  return strings;
}

/** What is wrong with references between the columns; null when all hold. Readers may then index without checks. */
function contradiction(batch: EntryBatch): string | null {
  const { rowCount, metadataOffsets, metadataName, lines, metadataValues } = batch;
  if (!ascends(batch.lineOffsets, rowCount + 1, lines.length)) return 'its line offsets do not fit its lines';
  const pairs = metadataName.length;
  if (!ascends(metadataOffsets, rowCount + 1, pairs)) return 'its metadata offsets do not fit its pairs';
  if (!ascends(batch.metadataValueOffsets, pairs + 1, metadataValues.length)) {
    return 'its metadata value offsets do not fit its values';
  }
  if (!below(batch.stream, rowCount, batch.streams.length)) return 'a row refers to a stream that is not there';
  if (!below(batch.level, rowCount, batch.levels.length + 1)) return 'a row refers to a level that is not there';
  if (!below(metadataName, pairs, batch.metadataNames.length)) return 'a pair refers to a name that is not there';
  return null;
}

function ascends(offsets: Uint32Array, count: number, end: number): boolean {
  if (offsets[0] !== 0 || offsets[count - 1] !== end) return false;
  for (let i = 1; i < count; i++) if (at(offsets, i) < at(offsets, i - 1)) return false;
  return true;
}

function below(values: Uint32Array | Uint16Array, count: number, limit: number): boolean {
  for (let i = 0; i < count; i++) if (values[i] >= limit) return false;
  return true;
}
