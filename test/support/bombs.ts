import { deflateRawSync, gzipSync, constants } from 'node:zlib';

/** Bodies that are small on the wire and claim or become `size` bytes. All of them are zeros where they are anything. */

const MEMBER = 64 * 2 ** 20;

/** Pieces of `MEMBER` zeros and one of the rest, each made by `piece`, which is asked once for equal sizes. */
function inPieces(size: number, piece: (size: number) => Uint8Array): Uint8Array[] {
  const whole = size >= MEMBER ? piece(MEMBER) : null;
  const pieces = whole === null ? [] : Array.from({ length: Math.floor(size / MEMBER) }, () => whole);
  return size % MEMBER === 0 ? pieces : [...pieces, piece(size % MEMBER)];
}

/** Members of a gzip file may follow each other. */
export function gzipBomb(size: number): Uint8Array {
  return Buffer.concat(inPieces(size, (length) => gzipSync(Buffer.alloc(length), { level: 9 })));
}

/** Blocks of a raw deflate stream, closed by an empty one. */
export function deflateBomb(size: number): Uint8Array {
  const blocks = inPieces(size, (length) =>
    deflateRawSync(Buffer.alloc(length), { finishFlush: constants.Z_FULL_FLUSH }),
  );
  return Buffer.concat([...blocks, Buffer.from([0x03, 0x00])]);
}

const ZSTD_BLOCK = 128 * 1024;

/** One frame of blocks of four bytes that each stand for 128 KiB of one byte. */
export function zstdBomb(size: number): Uint8Array {
  // Magic number; no content size and no checksum; a window of 128 KiB.
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 7 << 3]);
  const count = Math.ceil(size / ZSTD_BLOCK);
  const blocks = Buffer.alloc(4 * count);
  for (let i = 0; i < count; i++) {
    const length = i === count - 1 ? size - ZSTD_BLOCK * (count - 1) : ZSTD_BLOCK;
    const isLast = i === count - 1 ? 1 : 0;
    blocks.writeUIntLE((length << 3) | (1 << 1) | isLast, 4 * i, 3);
  }
  return Buffer.concat([header, blocks]);
}

const LZ4_BLOCK = 4 * 2 ** 20;

/** A frame of blocks that each stand for 4 MiB: one literal and a match that repeats it. */
export function lz4Bomb(size: number): Uint8Array {
  // Magic number; version 1, independent blocks; blocks of up to 4 MiB; checksum of these two bytes.
  const header = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73]);
  const count = Math.ceil(size / LZ4_BLOCK);
  const block = lz4Block(size < LZ4_BLOCK ? size : LZ4_BLOCK);
  return Buffer.concat([header, ...Array.from({ length: count }, () => block), Buffer.alloc(4)]);
}

/** A literal, a match of distance 1, and the five literals that a block ends with. */
function lz4Block(size: number): Uint8Array {
  const matched = size - 1 - 5;
  const rest = matched - 4 - 15;
  const lengths = Buffer.alloc(Math.floor(rest / 255) + 1, 0xff);
  lengths[lengths.length - 1] = rest % 255;
  const content = Buffer.concat([Buffer.from([0x1f, 0x00, 0x01, 0x00]), lengths, Buffer.from([0x50, 0, 0, 0, 0, 0])]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length);
  return Buffer.concat([length, content]);
}

/** A snappy block that says it is `size` bytes long and ends after one of them. */
export function snappyClaim(size: number): Uint8Array {
  const bytes: number[] = [];
  let rest = size;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest, 0x00, 0x61]);
}
