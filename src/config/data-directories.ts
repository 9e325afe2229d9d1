import path from 'node:path';
import type { Config } from './schema.ts';

/** Where the data of a server lies, as absolute paths. */
export function dataDirectories({ common, ingester }: Pick<Config, 'common' | 'ingester'>) {
  const root = path.resolve(common.path_prefix);
  const below = (directory: string, name: string): string =>
    directory === '' ? path.join(root, name) : path.resolve(directory);
  return {
    root,
    objects: below(common.storage.filesystem.chunks_directory, 'objects'),
    wal: below(ingester.wal.dir, 'wal'),
  };
}
