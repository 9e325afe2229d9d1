/** More is rare: a page of one huge line. */
export const REUSED_BYTES_MAX = 4 << 20;

/**
 * Memory that is needed again and again, each time for a moment. Fresh memory costs page faults, and the garbage collector
 * starts a major collection for every 64 MB of it, however soon it is dropped.
 */
export class ReusedBuffer {
  #bytes = new Uint8Array(0);

  /** At least `length` bytes of any content, until the next call. */
  take(length: number): Uint8Array {
    if (length > REUSED_BYTES_MAX) return new Uint8Array(length);
    if (length > this.#bytes.length) this.#bytes = new Uint8Array(Math.min(REUSED_BYTES_MAX, length * 2));
    return this.#bytes;
  }
}
