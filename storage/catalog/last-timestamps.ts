/**
 * Newest committed timestamp per stream, by the stream's 64-bit hash: 16 bytes per stream at half load, however many
 * there are. Two streams with one hash share the newer timestamp, which makes entries late that are not, and costs a
 * comparison when they are read, but never loses or repeats one.
 */
export class LastTimestamps {
  #hashes = new BigUint64Array(64);
  #timestamps = new BigInt64Array(64);
  #used = new Uint8Array(64);
  #count = 0;

  /** Keeps the newer of the known and the given timestamp. */
  update(hash: bigint, timestamp: bigint): void {
    const slot = this.#find(hash);
    if (this.#used[slot] === 1) {
      if (timestamp > this.#timestamps[slot]) this.#timestamps[slot] = timestamp;
      return;
    }
    this.#used[slot] = 1;
    this.#hashes[slot] = hash;
    this.#timestamps[slot] = timestamp;
    if (++this.#count * 2 > this.#used.length) this.#grow();
  }

  get(hash: bigint): bigint | undefined {
    const slot = this.#find(hash);
    return this.#used[slot] === 1 ? this.#timestamps[slot] : undefined;
  }

  /** The slot that has the hash, or the free one where it belongs. */
  #find(hash: bigint): number {
    const mask = this.#used.length - 1;
    let slot = Number(hash & 0xffffffffn) & mask;
    while (this.#used[slot] === 1 && this.#hashes[slot] !== hash) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [hashes, timestamps, used] = [this.#hashes, this.#timestamps, this.#used];
    const length = used.length * 2;
    this.#hashes = new BigUint64Array(length);
    this.#timestamps = new BigInt64Array(length);
    this.#used = new Uint8Array(length);
    for (let i = 0; i < used.length; i++) {
      if (used[i] === 0) continue;
      const slot = this.#find(hashes[i]);
      this.#used[slot] = 1;
      this.#hashes[slot] = hashes[i];
      this.#timestamps[slot] = timestamps[i];
    }
  }
}
