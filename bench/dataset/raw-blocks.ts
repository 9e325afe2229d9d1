import { constants, zstdCompressSync } from 'node:zlib';

export const BLOCK_BYTES = 2 ** 20;

/** The lines as a plain log file in compressed blocks: what the yardstick reads. */
export class RawBlocks {
  readonly blocks: Buffer[] = [];
  rawBytes = 0;
  readonly #block = Buffer.alloc(BLOCK_BYTES);
  #used = 0;

  add(line: string): void {
    const text = `${line}\n`;
    this.rawBytes += text.length;
    for (let from = 0; from < text.length;) {
      const part = text.slice(from, from + BLOCK_BYTES - this.#used);
      this.#used += this.#block.write(part, this.#used, 'latin1');
      from += part.length;
      if (this.#used === BLOCK_BYTES) this.finish();
    }
  }

  finish(): void {
    if (this.#used === 0) return;
    const params = { [constants.ZSTD_c_compressionLevel]: 3 };
    this.blocks.push(zstdCompressSync(this.#block.subarray(0, this.#used), { params }));
    this.#used = 0;
  }
}
