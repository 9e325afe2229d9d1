import { cannotRead } from '../common/errors.ts';
import type { File, FileSystem } from '../common/runtime.ts';

const CHUNK_BYTES = 256 * 1024;

/** A file's bytes from its start to the end that it has when it is reached. Throws SkaldError `not_found`. */
export async function* readChunks(files: FileSystem, path: string): AsyncGenerator<Uint8Array> {
  let file: File | null = null;
  try {
    file = await files.open(path, 'r');
    for (let position = 0; ;) {
      const chunk = new Uint8Array(CHUNK_BYTES);
      const count = await file.read(chunk, position);
      if (count > 0) yield chunk.subarray(0, count);
      if (count < CHUNK_BYTES) return;
      position += count;
    }
  } catch (error) {
    throw cannotRead(path, error);
  } finally {
    await file?.close();
  }
}
