import type { TimeRange } from '../../src/common/time.ts';
import type { TimeBound } from '../fragment-context.ts';
import type { Direction } from '../operators/log-rows.ts';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** Memory of a bound, shared by the workers of a fragment: at first the worst timestamp, which bounds nothing. */
export function createBoundWord(direction: Direction): BigInt64Array {
  return new BigInt64Array(new SharedArrayBuffer(8)).fill(direction === 'backward' ? INT64_MIN : INT64_MAX);
}

/** A TimeBound in shared memory. Every offer is a true bound by itself, so the best one simply wins. */
export class SharedTimeBound implements TimeBound {
  readonly #word: BigInt64Array;
  readonly #direction: Direction;

  constructor(word: BigInt64Array, direction: Direction) {
    this.#word = word;
    this.#direction = direction;
  }

  offer(timestampNs: bigint): void {
    let known = Atomics.load(this.#word, 0);
    while (this.#isBetter(timestampNs, known)) {
      const seen = Atomics.compareExchange(this.#word, 0, known, timestampNs);
      if (seen === known) return;
      known = seen;
    }
  }

  narrow(range: TimeRange): TimeRange {
    const bound = Atomics.load(this.#word, 0);
    if (this.#direction === 'backward') return bound > range.start ? { start: bound, end: range.end } : range;
    return bound < range.end - 1n ? { start: range.start, end: bound + 1n } : range;
  }

  #isBetter(a: bigint, b: bigint): boolean {
    return this.#direction === 'backward' ? a > b : a < b;
  }
}
