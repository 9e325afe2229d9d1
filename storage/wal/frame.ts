import { checksumOf } from './checksum.ts';

/** The frame of a record as docs/format/wal.md draws it: 32 bytes in front of the payload. */
export interface Frame {
  readonly payloadBytes: number;
  readonly payloadChecksum: number;
  readonly type: number;
  readonly sequence: number;
  /** Bytes of the segment that were synced when this record was written. */
  readonly durableOffset: number;
}

export const FRAME_BYTES = 32;
export const RECORD_ENTRIES = 1;
export const RECORD_GAP = 2;
/** Larger records are not written; a larger length is damage. */
export const PAYLOAD_BYTES_MAX = 1 << 30;

const MAGIC = Buffer.from('SKWR', 'latin1');

/** What the checksums of a log's frames begin with: bytes of a line that look like a frame are then not taken for one. */
export function frameSeed(walId: string): number {
  return checksumOf(Buffer.from(walId, 'hex'));
}

/** `seed` is that of the segment: a frame is valid only in the log that wrote it. */
export function encodeFrame(frame: Frame, seed: number): Uint8Array {
  const bytes = Buffer.alloc(FRAME_BYTES);
  MAGIC.copy(bytes, 0);
  bytes.writeUInt32LE(frame.payloadBytes, 4);
  bytes.writeUInt32LE(frame.payloadChecksum, 8);
  bytes.writeUInt8(frame.type, 12);
  bytes.writeBigUInt64LE(BigInt(frame.sequence), 16);
  bytes.writeUInt32LE(frame.durableOffset, 24);
  bytes.writeUInt32LE(checksumOf(bytes.subarray(0, 28), seed), 28);
  return bytes;
}

/** The frame at `offset`, or null when there is none: too few bytes, wrong magic, wrong checksum. */
export function parseFrame(bytes: Buffer, offset: number, seed: number): Frame | null {
  if (offset + FRAME_BYTES > bytes.length) return null;
  if (bytes.compare(MAGIC, 0, 4, offset, offset + 4) !== 0) return null;
  if (bytes.readUInt32LE(offset + 28) !== checksumOf(bytes.subarray(offset, offset + 28), seed)) return null;
  return {
    payloadBytes: bytes.readUInt32LE(offset + 4),
    payloadChecksum: bytes.readUInt32LE(offset + 8),
    type: bytes.readUInt8(offset + 12),
    sequence: Number(bytes.readBigUInt64LE(offset + 16)),
    durableOffset: bytes.readUInt32LE(offset + 24),
  };
}

/**
 * Whether a frame behind `offset` was written when the bytes at `offset` were already synced: then those bytes were
 * acknowledged and are damaged, not torn.
 */
export function isDurableAt(bytes: Buffer, offset: number, seed: number): boolean {
  let at = bytes.indexOf(MAGIC, offset + 1);
  while (at >= 0) {
    const frame = parseFrame(bytes, at, seed);
    if (frame !== null && frame.durableOffset > offset) return true;
    at = bytes.indexOf(MAGIC, at + 1);
  }
  return false;
}
