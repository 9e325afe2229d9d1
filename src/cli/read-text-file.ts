import { cannotRead } from '../common/errors.ts';
import { nodeRuntime } from '../common/node-runtime.ts';
import { decodeUtf8 } from '../common/utf8.ts';

/** The text of a file that the user named. Throws SkaldError `not_found`, which names the file and the reason. */
export async function readTextFile(file: string): Promise<string> {
  try {
    return decodeUtf8(await nodeRuntime.files.readFile(file));
  } catch (error) {
    throw cannotRead(file, error);
  }
}
