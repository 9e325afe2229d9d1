import type { FileSystem } from '../common/runtime.ts';

const CHUNK_BYTES = 256 * 1024;

/** A file's bytes from its start to the end that it has when it is reached. */
export async function* readChunks(files: FileSystem, path: string): AsyncGenerator<Uint8Array> {
  const file = await files.open(path, 'r');
  try {
    for (let position = 0; ;) {
      const chunk = new Uint8Array(CHUNK_BYTES);
      const count = await file.read(chunk, position);
      if (count > 0) yield chunk.subarray(0, count);
      if (count < CHUNK_BYTES) return;
      position += count;
    }
  } finally {
    await file.close();
  }
}
