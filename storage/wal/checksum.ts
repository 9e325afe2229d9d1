import { crc32c } from '@node-rs/crc32';

/** CRC32C of `bytes`, continuing from `checksum`: the checksum of parts is that of their concatenation. */
export function checksumOf(bytes: Uint8Array, checksum = 0): number {
  return crc32c(bytes, checksum);
}

/** CRC32C of the concatenation of `parts`. */
export function checksumOfParts(parts: readonly Uint8Array[]): number {
  let checksum = 0;
  for (const part of parts) checksum = checksumOf(part, checksum);
  return checksum;
}
