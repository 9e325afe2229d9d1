import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** `all` also gives the pages back that the heap has grown by: slow, for once in a while. */
type Collection = 'minor' | 'major' | 'all';

/**
 * Memory outside the heap that the garbage collector judges wrongly. Dropped SharedArrayBuffers it does not count at all:
 * without a major collection many times the heads' size would pile up. Buffers that live for one push it counts, and
 * runs a major collection for them where a minor one frees them for a tenth of the time.
 */
const KINDS = {
  shared: { collection: 'major', everyBytes: 32 << 20 },
  shortLived: { collection: 'minor', everyBytes: 10 << 20 },
  /** Single buffers that are so large that two of them are too many. */
  large: { collection: 'major', everyBytes: 64 << 20 },
} as const;

/** Runs a collection of this thread whenever enough memory of its kind was let go. */
export class MemoryReclaimer {
  readonly #kind: (typeof KINDS)[keyof typeof KINDS];
  readonly #collect: (collection: Collection) => void;
  #droppedBytes = 0;

  constructor(kind: keyof typeof KINDS, collect: (collection: Collection) => void = collectGarbage) {
    this.#kind = KINDS[kind];
    this.#collect = collect;
  }

  /** So much memory has lost its last user in this thread, or will within this turn. */
  dropped(bytes: number): void {
    this.#droppedBytes += bytes;
    if (this.#droppedBytes < this.#kind.everyBytes) return;
    this.#droppedBytes = 0;
    setImmediate(() => this.#collect(this.#kind.collection));
  }
}

let collector: ((options: { type: string; flavor?: string }) => void) | null = null;

/** A garbage collection of this thread, now. */
export function collectGarbage(collection: Collection): void {
  if (collector === null) {
    setFlagsFromString('--expose-gc');
    collector = runInNewContext('gc') as typeof collector & object;
  }
  collector(collection === 'all' ? { type: 'major', flavor: 'last-resort' } : { type: collection });
}

/** A thread's heap, buffers outside of it included, may grow by so much of itself until the next major collection. */
const HEAP_GROWTH_PERCENT = 100;

/**
 * Lets all threads collect less often. Left alone, V8 may collect a heap that has grown by a tenth, and a push grows what
 * it counts by two megabytes: the main thread's 40 MB of code and tables were marked once for every 12 MB of lines.
 */
export function growHeapsInLargeSteps(): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
}
