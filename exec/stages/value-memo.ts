import { HASH_SEED, hashByte } from '../parsers/byte-hash.ts';

/** Different values that a memo remembers; later ones are computed each time. */
export const MEMO_VALUES_MAX = 1024;
/** Longer values are not remembered: hashing them costs what it saves. */
export const MEMO_BYTES_MAX = 64;

interface Entry<T> {
  readonly bytes: Uint8Array;
  readonly hash: number;
  readonly result: T;
  readonly next: Entry<T> | null;
}

/** Remembers what was computed from label values: most labels have few different ones. */
export class ValueMemo<T> {
  readonly #compute: (heap: Uint8Array, start: number, end: number) => T;
  readonly #buckets: (Entry<T> | null)[] = new Array<Entry<T> | null>(MEMO_VALUES_MAX).fill(null);
  #count = 0;

  constructor(compute: (heap: Uint8Array, start: number, end: number) => T) {
    this.#compute = compute;
  }

  get(heap: Uint8Array, start: number, end: number): T {
    const length = end - start;
    if (length > MEMO_BYTES_MAX) return this.#compute(heap, start, end);
    let hash = HASH_SEED;
    for (let i = start; i < end; i++) hash = hashByte(hash, heap[i]);
    const bucket = (hash ^ (hash >>> 15)) & (MEMO_VALUES_MAX - 1);
    for (let entry = this.#buckets[bucket]; entry !== null; entry = entry.next) {
      if (entry.hash !== hash || entry.bytes.length !== length) continue;
      let i = 0;
      while (i < length && entry.bytes[i] === heap[start + i]) i++;
      if (i === length) return entry.result;
    }
    const result = this.#compute(heap, start, end);
    if (this.#count < MEMO_VALUES_MAX) {
      this.#count++;
      this.#buckets[bucket] = { bytes: heap.slice(start, end), hash, result, next: this.#buckets[bucket] };
    }
    return result;
  }
}
