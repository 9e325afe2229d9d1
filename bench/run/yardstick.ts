import { zstdDecompressSync } from 'node:zlib';
import type { RawBlocks } from '../dataset/raw-blocks.ts';
import { median } from './median.ts';

export interface Yardstick {
  readonly bytesPerSecond: number;
  /** Per CPU second: higher than bytesPerSecond when others use the machine. */
  readonly bytesPerCpuSecond: number;
  readonly compressedBytes: number;
}

/**
 * What one thread needs to search the raw lines for a text: decompress blocks of 1 MiB (zstd level 3), `indexOf`.
 * Times of queries are given as multiples of it, so that they mean something on any machine.
 */
export function measureYardstick({ blocks, rawBytes }: RawBlocks, needle: string, runs: number): Yardstick {
  const bytes = Buffer.from(needle);
  const times = Array.from({ length: runs }, () => {
    const startMs = performance.now();
    const cpuBefore = process.cpuUsage();
    for (const block of blocks) {
      const raw = zstdDecompressSync(block);
      for (let at = raw.indexOf(bytes); at >= 0; at = raw.indexOf(bytes, at + 1));
    }
    const { user, system } = process.cpuUsage(cpuBefore);
    return { seconds: (performance.now() - startMs) / 1000, cpuSeconds: (user + system) / 1e6 };
  });
  return {
    bytesPerSecond: rawBytes / median(times.map(({ seconds }) => seconds)),
    bytesPerCpuSecond: rawBytes / median(times.map(({ cpuSeconds }) => cpuSeconds)),
    compressedBytes: blocks.reduce((sum, block) => sum + block.length, 0),
  };
}
