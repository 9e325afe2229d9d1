/** Smaller arrays are cheaper to leave to the garbage collector. */
const OWNED_BYTES_MIN = 4096;

/**
 * Typed arrays that go together, at a time that their owner knows. Left to the garbage collector they would be collected
 * too late: it counts them as memory outside of its heap, and starts a major collection for every 64 MB of it.
 */
export class OwnedMemory {
  readonly #buffers: ArrayBuffer[] = [];

  int32(length: number): Int32Array<ArrayBuffer> {
    return this.own(new Int32Array(length));
  }

  uint32(length: number): Uint32Array<ArrayBuffer> {
    return this.own(new Uint32Array(length));
  }

  float64(length: number): Float64Array<ArrayBuffer> {
    return this.own(new Float64Array(length));
  }

  /** Takes over the whole memory of an array, which nobody else may own. */
  own<T extends { readonly buffer: ArrayBuffer }>(array: T): T {
    if (array.buffer.byteLength >= OWNED_BYTES_MIN) this.#buffers.push(array.buffer);
    return array;
  }

  /** Empties all arrays: the allocator has their memory at once, and reuses it without new page faults. */
  release(): void {
    for (const buffer of this.#buffers.splice(0)) buffer.transfer(0);
  }
}
