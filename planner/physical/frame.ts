import { crc32c } from '@node-rs/crc32';
import { SkaldError } from '../../src/common/errors.ts';

/** What a frame holds; part of its header, so that one is not read as the other. */
export const FRAME_KIND = { fragment: 1, units: 2 } as const;
export type FrameKind = keyof typeof FRAME_KIND;

/** Typed arrays are stored as they are in memory, which is little endian on all supported platforms. */
export type RawArray = Uint32Array<ArrayBufferLike> | BigInt64Array<ArrayBufferLike> | Float64Array<ArrayBufferLike>;

/**
 * Header of HEADER_BYTES bytes, all numbers little endian:
 *
 *     0  magic "SKPL"                              8  version (u16)
 *     4  CRC32C of everything from byte 8 on      10  kind (u16)
 *                                                 12  length of the JSON text in bytes
 *
 * then JSON text, padded with zeros to 8, then typed arrays, each padded to 8. Frames live no longer than a query, on
 * wires between processes: a reader refuses versions other than its own.
 */
const HEADER_BYTES = 16;
const CHECKED_FROM = 8;
const MAGIC = 0x4c504b53;
export const FRAME_VERSION = 1;

/** Collects typed arrays; one given twice is stored once. */
export class ArrayWriter {
  readonly #indexes = new Map<RawArray, number>();

  /** What the JSON text says in place of the array. */
  add(array: RawArray): number {
    const known = this.#indexes.get(array);
    if (known !== undefined) return known;
    this.#indexes.set(array, this.#indexes.size);
    return this.#indexes.size - 1;
  }

  get arrays(): readonly RawArray[] {
    return [...this.#indexes.keys()];
  }
}

interface Envelope {
  readonly body: unknown;
  /** Type and element count of each array, in the order in which they follow. */
  readonly arrays: readonly (readonly [ArrayType, number])[];
}

type ArrayType = 'u32' | 'i64' | 'f64';

export function encodeFrame(kind: FrameKind, body: unknown, arrays: readonly RawArray[] = []): Uint8Array {
  const envelope: Envelope = { body, arrays: arrays.map((array) => [typeOf(array), array.length]) };
  const text = new TextEncoder().encode(JSON.stringify(envelope));
  const arraysStart = aligned(HEADER_BYTES + text.length);
  const bytes = new Uint8Array(arrays.reduce((end, { byteLength }) => end + aligned(byteLength), arraysStart));
  bytes.set(text, HEADER_BYTES);
  let at = arraysStart;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += aligned(byteLength);
  }
  const header = new DataView(bytes.buffer);
  header.setUint32(0, MAGIC, true);
  header.setUint16(8, FRAME_VERSION, true);
  header.setUint16(10, FRAME_KIND[kind], true);
  header.setUint32(12, text.length, true);
  header.setUint32(4, crc32c(bytes.subarray(CHECKED_FROM)), true);
  return bytes;
}

export interface Frame {
  readonly body: unknown;
  /** Views of the frame's bytes. */
  readonly arrays: readonly RawArray[];
}

/**
 * The frame's content; arrays are views of `bytes` (of a copy when they are not aligned to 8). Errors: `corruption` for
 * bytes that are no whole frame of the kind, `unsupported_version` for another version.
 */
export function decodeFrame(kind: FrameKind, bytes: Uint8Array): Frame {
  const source = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  const textLength = checkHeader(kind, source);
  const text = source.subarray(HEADER_BYTES, HEADER_BYTES + textLength);
  const { body, arrays } = JSON.parse(new TextDecoder().decode(text)) as Envelope;
  let at = aligned(HEADER_BYTES + textLength);
  const views = arrays.map(([type, length]) => {
    const view = viewOf(type, source, at, length);
    at += aligned(view.byteLength);
    return view;
  });
  return { body, arrays: views };
}

/** The length of the JSON text. */
function checkHeader(kind: FrameKind, bytes: Uint8Array): number {
  if (bytes.length < HEADER_BYTES)
    throw damaged(kind, `it has ${bytes.length} bytes, at least ${HEADER_BYTES} are expected`);
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const magic = header.getUint32(0, true);
  if (magic !== MAGIC) throw damaged(kind, `it starts with ${hex(magic)}, ${hex(MAGIC)} is expected`);
  const version = header.getUint16(8, true);
  if (version !== FRAME_VERSION) {
    throw new SkaldError(
      'unsupported_version',
      `Cannot decode a ${kind} frame of a query plan: its version is ${version}, ${FRAME_VERSION} is expected`,
    );
  }
  const checksum = crc32c(bytes.subarray(CHECKED_FROM));
  const expected = header.getUint32(4, true);
  if (checksum !== expected) throw damaged(kind, `its checksum is ${hex(checksum)}, ${hex(expected)} is expected`);
  const code = header.getUint16(10, true);
  if (code !== FRAME_KIND[kind]) throw damaged(kind, `its kind is ${code}, ${FRAME_KIND[kind]} is expected`);
  return header.getUint32(12, true);
}

function damaged(kind: FrameKind, state: string): SkaldError {
  return new SkaldError('corruption', `Cannot decode a ${kind} frame of a query plan: ${state}`);
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

function aligned(length: number): number {
  return Math.ceil(length / 8) * 8;
}

function typeOf(array: RawArray): ArrayType {
  if (array instanceof Uint32Array) return 'u32';
  return array instanceof BigInt64Array ? 'i64' : 'f64';
}

function viewOf(type: ArrayType, { buffer, byteOffset }: Uint8Array, at: number, length: number): RawArray {
  const offset = byteOffset + at;
  if (type === 'u32') return new Uint32Array(buffer, offset, length);
  return type === 'i64' ? new BigInt64Array(buffer, offset, length) : new Float64Array(buffer, offset, length);
}
