import { xxh64 } from '@node-rs/xxhash';

/** XXH64 of a stream's canonical text (`Labels.key`): how index objects and the catalog recognize it. */
export function streamHash(streamKey: string): bigint {
  return xxh64(streamKey);
}
