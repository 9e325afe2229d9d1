import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { compressFrameSync, decompressFrameSync } from 'lz4-napi';

/** Compression of a chunk's pages; both are standard frames, and every frame carries a content checksum. */
export type FrameCodec = 'zstd' | 'lz4';

const ZSTD_LEVEL = 3;
/** The least that zlib accepts as an output block. */
const ZSTD_CHUNK_BYTES_MIN = 64;

/** One frame that holds `raw`. */
export function compressFrame(codec: FrameCodec, raw: Uint8Array): Uint8Array {
  if (codec === 'lz4') return compressFrameSync(asBuffer(raw), { contentChecksum: true });
  return zstdCompressSync(raw, {
    // One output block that fits nearly always: many small ones cost a tenth of the time, a larger one is memory kept.
    chunkSize: Math.max(1024, (raw.length >> 2) + 64),
    params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL, [constants.ZSTD_c_checksumFlag]: 1 },
    pledgedSrcSize: raw.length,
  });
}

/** What a frame of either codec holds, or null when it is damaged or is not `rawLength` bytes. */
export function decompressFrame(frame: Uint8Array, rawLength: number): Uint8Array | null {
  try {
    const raw = isLz4(frame) ? decompressFrameSync(asBuffer(frame)) : decompressZstd(frame, rawLength);
    return raw.length === rawLength ? raw : null;
  } catch {
    return null;
  }
}

function decompressZstd(frame: Uint8Array, rawLength: number): Uint8Array {
  // One byte to spare: one call of the decoder and no copy. When the last block is full, zlib makes another one.
  const chunkSize = Math.max(ZSTD_CHUNK_BYTES_MIN, rawLength + 1);
  return zstdDecompressSync(frame, { chunkSize, maxOutputLength: chunkSize });
}

/** Which of the codecs made a frame. */
export function isLz4(frame: Uint8Array): boolean {
  return frame[0] === 0x04 && frame[1] === 0x22 && frame[2] === 0x4d && frame[3] === 0x18;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
