/**
 * Gives the memory behind arrays that nobody uses any more back at once, without the garbage collector, which is called
 * the more often the more such memory waits for it. Left alone is what shares its buffer with others, and shared memory.
 */
export function freeArrays(...arrays: readonly ArrayBufferView[]): void {
  for (const { buffer, byteLength } of arrays) {
    if (byteLength > 0 && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) buffer.transfer(0);
  }
}
