import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * `concurrent` is a major one that V8 does in its own time, beside the thread's work. `all` also gives the pages back that
 * the heap has grown by: slow, for once in a while.
 */
type Collection = 'minor' | 'concurrent' | 'major' | 'all';

/**
 * Memory outside the heap that the garbage collector judges wrongly. Dropped SharedArrayBuffers it does not count at all:
 * without a major collection many times the heads' size would pile up. Buffers that live for one push it counts, and
 * runs a major collection for them where a minor one frees them for a tenth of the time.
 */
const KINDS = {
  shared: { collection: 'concurrent', everyBytes: 32 << 20 },
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

/** A garbage collection of this thread, now; a concurrent one begins now, or soon if one is under way. */
export function collectGarbage(collection: Collection): void {
  if (collection === 'concurrent' && beginCollection()) return;
  if (collector === null) {
    setFlagsFromString('--expose-gc');
    collector = runInNewContext('gc') as typeof collector & object;
  }
  if (collection === 'all') collector({ type: 'major', flavor: 'last-resort' });
  else collector({ type: collection === 'minor' ? 'minor' : 'major' });
}

/** V8 begins a collection when buffers have grown by more than 64 MiB. Nobody touches these: they are addresses only. */
const PRESSURE_BYTES = 96 << 20;

/**
 * Lets V8 begin a major collection; false when there are no addresses left for that. One that `gc` does, between two pieces
 * of work, finds no instances of the classes that do it, and drops what was compiled for them: after every cut all that
 * decodes pushes and writes chunks was compiled anew. One that goes on beside the work finds them.
 */
function beginCollection(): boolean {
  try {
    new ArrayBuffer(PRESSURE_BYTES).transfer(0);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
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
