import { SkaldError } from '../../src/common/errors.ts';
import type { Clock } from '../../src/common/runtime.ts';
import type { MemoryBudget, QueryContext } from '../operator.ts';

/** Items of the control words. */
const CANCELLED = 0;
/** KiB that the query holds, and the most it held. */
const USED_KIB = 1;
const PEAK_KIB = 2;
const WORDS = 4;

const KIB = 1024;

/** What the threads of a query share: posted to workers as it is. */
export interface QueryControl {
  readonly words: Int32Array;
  /** Wall clock milliseconds; Infinity is none. */
  readonly deadlineMs: number;
  /** Bytes that the query may hold, over all threads. */
  readonly budgetBytes: number;
}

export function createQueryControl(deadlineMs: number, budgetBytes: number): QueryControl {
  return { words: new Int32Array(new SharedArrayBuffer(WORDS * 4)), deadlineMs, budgetBytes };
}

/** Makes every thread of the query stop at its next check. */
export function cancelQuery(control: QueryControl): void {
  Atomics.store(control.words, CANCELLED, 1);
}

export function peakBytes(control: QueryControl): number {
  return Atomics.load(control.words, PEAK_KIB) * KIB;
}

/** One thread's view of a query: cancellation, deadline and budget. */
export class ControlledContext implements QueryContext {
  readonly clock: Clock;
  readonly budget: ThreadBudget;
  readonly #control: QueryControl;

  constructor(control: QueryControl, clock: Clock) {
    this.#control = control;
    this.clock = clock;
    this.budget = new ThreadBudget(control);
  }

  throwIfCancelled(): void {
    if (Atomics.load(this.#control.words, CANCELLED) !== 0) {
      throw new SkaldError('cancelled', 'The query was cancelled.');
    }
    if (this.clock.nowMs() > this.#control.deadlineMs) {
      throw new SkaldError(
        'deadline_exceeded',
        'The query ran until its deadline without an answer: context deadline exceeded',
      );
    }
  }
}

/** Memory is taken from the query's budget in steps of this size, so that small reservations touch no shared word. */
const GRANT_KIB = 64;

/** One thread's share of a query's budget. */
export class ThreadBudget implements MemoryBudget {
  readonly #control: QueryControl;
  #heldBytes = 0;
  #grantedKib = 0;
  /** Most bytes that this thread held. */
  peakBytes = 0;

  constructor(control: QueryControl) {
    this.#control = control;
  }

  reserve(sizeBytes: number): void {
    this.#heldBytes += sizeBytes;
    if (this.#heldBytes > this.peakBytes) this.peakBytes = this.#heldBytes;
    const missing = Math.ceil(this.#heldBytes / KIB) - this.#grantedKib;
    if (missing > 0) this.#grant(Math.ceil(missing / GRANT_KIB) * GRANT_KIB);
  }

  release(sizeBytes: number): void {
    this.#heldBytes -= sizeBytes;
    const unused = this.#grantedKib - Math.ceil(this.#heldBytes / KIB);
    if (unused < 2 * GRANT_KIB) return;
    this.#grantedKib -= unused;
    Atomics.sub(this.#control.words, USED_KIB, unused);
  }

  #grant(kib: number): void {
    const { words, budgetBytes } = this.#control;
    const used = Atomics.add(words, USED_KIB, kib) + kib;
    this.#grantedKib += kib;
    if (used * KIB > budgetBytes) {
      throw new SkaldError(
        'query_limit',
        `The query needs more memory than it may use: ${used * KIB} bytes, ${budgetBytes} are allowed. ` +
          'Select fewer streams, a shorter range or fewer labels to group by.',
      );
    }
    let peak = Atomics.load(words, PEAK_KIB);
    while (used > peak) {
      const seen = Atomics.compareExchange(words, PEAK_KIB, peak, used);
      if (seen === peak) break;
      peak = seen;
    }
  }
}
