import path from 'node:path';
import { SkaldError } from '../../src/common/errors.ts';
import type { FileSystem } from '../../src/common/runtime.ts';
import { checksumOf } from './checksum.ts';
import { walCorruption } from './wal-error.ts';

/** The header of a segment file as docs/format/wal.md draws it. */
export interface SegmentHeader {
  /** 32 hexadecimal digits. */
  readonly walId: string;
  readonly number: number;
  readonly firstSequence: number;
}

export const SEGMENT_HEADER_BYTES = 48;
export const DAMAGED_SUFFIX = '.damaged';
const VERSION = 1;
const MAGIC = Buffer.from('SKWL', 'latin1');
const FILE_NAME = /^(\d{8,15})\.wal$/;
const TEMPORARY_NAME = /^\d{8,15}\.wal\..*\.tmp$/;

export function segmentFile(directory: string, number: number): string {
  return path.join(directory, `${String(number).padStart(8, '0')}.wal`);
}

export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  MAGIC.copy(bytes, 0);
  bytes.writeUInt16LE(VERSION, 4);
  bytes.write(header.walId, 8, 16, 'hex');
  bytes.writeBigUInt64LE(BigInt(header.number), 24);
  bytes.writeBigUInt64LE(BigInt(header.firstSequence), 32);
  bytes.writeUInt32LE(checksumOf(bytes.subarray(0, 44)), 44);
  return bytes;
}

/** Errors: `corruption`, and `unsupported_version` when a newer skald wrote the file. */
export function parseSegmentHeader(file: string, number: number, bytes: Buffer): SegmentHeader {
  if (bytes.length < SEGMENT_HEADER_BYTES) throw walCorruption(file, 0, 'the file ends inside the segment header');
  if (bytes.compare(MAGIC, 0, 4, 0, 4) !== 0) throw walCorruption(file, 0, 'this is not a WAL segment');
  const actual = checksumOf(bytes.subarray(0, 44));
  const expected = bytes.readUInt32LE(44);
  if (actual !== expected) {
    throw walCorruption(file, 0, `checksum of the header is ${hex(actual)}, expected ${hex(expected)}`);
  }
  const version = bytes.readUInt16LE(4);
  if (version > VERSION) {
    throw new SkaldError(
      'unsupported_version',
      `Cannot replay WAL segment "${file}": its format is version ${version}, this skald reads up to ${VERSION}`,
    );
  }
  const header = {
    walId: bytes.toString('hex', 8, 24),
    number: Number(bytes.readBigUInt64LE(24)),
    firstSequence: Number(bytes.readBigUInt64LE(32)),
  };
  if (header.number !== number) throw walCorruption(file, 24, `it says that it is segment ${header.number}`);
  return header;
}

/** Numbers of the segments in `directory`, ascending. */
export async function listSegments(files: FileSystem, directory: string): Promise<number[]> {
  const numbers: number[] = [];
  for (const { name } of await files.list(directory)) {
    const match = FILE_NAME.exec(name);
    if (match?.[1] !== undefined) numbers.push(Number(match[1]));
  }
  return numbers.sort((a, b) => a - b);
}

/** Removes segments whose creation was interrupted. */
export async function removeTemporaries(files: FileSystem, directory: string): Promise<void> {
  for (const { name } of await files.list(directory)) {
    if (TEMPORARY_NAME.test(name)) await files.remove(path.join(directory, name));
  }
}

/** Creates a segment with nothing but its header; name and header are durable when it resolves. */
export async function createSegment(files: FileSystem, directory: string, header: SegmentHeader): Promise<void> {
  const file = segmentFile(directory, header.number);
  await files.writeFileDurable(file, [encodeSegmentHeader(header)], { replace: false });
}

export function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
