import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Collecting costs some ten milliseconds; less than this is not worth it. */
const COLLECT_BYTES_MIN = 32 << 20;

/**
 * Gives the memory of dropped SharedArrayBuffers back soon. The garbage collector does not count what is behind them, so
 * by itself it may let many times the heads' size pile up before it looks.
 */
export class SharedMemoryReclaimer {
  readonly #collect: () => void;
  #droppedBytes = 0;

  /** `collect` runs a full collection of the calling thread. */
  constructor(collect: () => void = collectGarbage) {
    this.#collect = collect;
  }

  /** So much shared memory has lost its last user in this thread, or will within this turn. */
  dropped(bytes: number): void {
    this.#droppedBytes += bytes;
    if (this.#droppedBytes < COLLECT_BYTES_MIN) return;
    this.#droppedBytes = 0;
    setImmediate(this.#collect);
  }
}

let collector: (() => void) | null = null;

/** A full garbage collection of this thread, now. */
export function collectGarbage(): void {
  if (collector === null) {
    setFlagsFromString('--expose-gc');
    collector = runInNewContext('gc') as () => void;
  }
  collector();
}
