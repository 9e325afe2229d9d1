import path from 'node:path';
import type { FileSystem } from '../../src/common/runtime.ts';
import { checksumOf } from './checksum.ts';
import { encodeFrame, frameSeed, RECORD_GAP } from './frame.ts';
import { DAMAGED_SUFFIX, segmentFile } from './segment.ts';

/** Cuts a segment back to `offset`; durable when it resolves. */
export async function cutBack(files: FileSystem, file: string, offset: number): Promise<void> {
  const opened = await files.open(file, 'r+');
  try {
    await opened.truncate(offset);
    await opened.datasync();
  } finally {
    await opened.close();
  }
}

/** Keeps a copy of a segment before it is repaired. A copy of an interrupted repair is replaced. */
export async function keepDamaged(files: FileSystem, file: string, bytes: Uint8Array): Promise<void> {
  await files.writeFileDurable(file + DAMAGED_SUFFIX, [bytes], { replace: true });
}

/** Takes a segment that cannot be read at all out of the log. */
export async function setAside(files: FileSystem, directory: string, number: number): Promise<void> {
  const file = segmentFile(directory, number);
  await files.rename(file, file + DAMAGED_SUFFIX);
  await files.syncDirectory(path.dirname(file));
}

/** Ends a segment at `offset` with a record that says where the log goes on; returns the segment's size. */
export async function closeWithGap(
  files: FileSystem,
  file: string,
  gap: { readonly walId: string; readonly offset: number; readonly number: number; readonly sequence: number },
): Promise<number> {
  const payload = Buffer.alloc(8);
  payload.writeBigUInt64LE(BigInt(gap.number));
  const fields = {
    payloadBytes: payload.length,
    payloadChecksum: checksumOf(payload),
    type: RECORD_GAP,
    sequence: gap.sequence,
    durableOffset: gap.offset,
  };
  const frame = encodeFrame(fields, frameSeed(gap.walId));
  const opened = await files.open(file, 'r+');
  try {
    await opened.write([frame, payload], gap.offset);
    await opened.datasync();
  } finally {
    await opened.close();
  }
  return gap.offset + frame.length + payload.length;
}
