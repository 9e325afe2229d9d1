import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { compressFrameSync, decompressFrameSync } from 'lz4-napi';

/** Compression of a chunk's pages; both are standard frames, and every frame carries a content checksum. */
export type FrameCodec = 'zstd' | 'lz4';

/** What is in a frame: words of 8 bytes of which the upper halves repeat, as in timestamps, or anything else. */
export type FrameContent = 'words' | 'any';

/*
 * Log lines are made of long repetitions: the fastest level, which looks for matches of 7 bytes, makes them smaller than
 * levels 2 to 4 with their shorter ones. Timestamps are half random: what repeats is 4 bytes long.
 */
const ZSTD_PARAMS = {
  any: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
  words: {
    [constants.ZSTD_c_compressionLevel]: 2,
    [constants.ZSTD_c_minMatch]: 4,
    [constants.ZSTD_c_hashLog]: 16,
    [constants.ZSTD_c_checksumFlag]: 1,
  },
} as const satisfies Record<FrameContent, object>;
/** Output block by raw bytes: one that fits nearly always. Many small ones cost a tenth of the time, larger ones memory. */
const OUTPUT_PART = { any: 1 / 4, words: 5 / 8 } as const satisfies Record<FrameContent, number>;
/** The least that zlib accepts as an output block. */
const ZSTD_CHUNK_BYTES_MIN = 64;

/** One frame that holds `raw`. */
export function compressFrame(codec: FrameCodec, raw: Uint8Array, content: FrameContent = 'any'): Uint8Array {
  if (codec === 'lz4') return compressFrameSync(asBuffer(raw), { contentChecksum: true });
  return zstdCompressSync(raw, {
    chunkSize: Math.max(1024, Math.ceil(raw.length * OUTPUT_PART[content]) + 64),
    params: ZSTD_PARAMS[content],
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
