import { SkaldError } from '../../common/errors.ts';
import { formatBytes } from '../../common/bytes.ts';
import type { Timers } from '../../common/runtime.ts';

export interface HeadBudgetOptions {
  /** Bytes of all heads and of pushes on their way into them. */
  readonly bytesMax: number;
  /** How long a push waits for room. */
  readonly waitMs: number;
  readonly timers: Pick<Timers, 'after'>;
  /** Why there is no room, for the error text. */
  reason(): string;
}

/** Pushes that wait hold their bodies: together at most this part of the budget. */
const WAITING_PART = 1 / 8;

interface Waiter {
  readonly bytes: number;
  readonly admit: () => void;
  readonly refuse: (error: SkaldError) => void;
}

/** Bounds the memory of heads: pushes wait for room in order of arrival, then are refused. */
export class HeadBudget {
  readonly #options: HeadBudgetOptions;
  readonly #waiters = new Set<Waiter>();
  #waitingBytes = 0;
  #headBytes = 0;
  #reservedBytes = 0;

  constructor(options: HeadBudgetOptions) {
    this.#options = options;
  }

  get headBytes(): number {
    return this.#headBytes;
  }

  get waitingPushes(): number {
    return this.#waiters.size;
  }

  /**
   * Resolves when `bytes` may be added; `free` them when the push is done. A push that is larger than all of the budget
   * is let in when nothing else is there. Errors: `unavailable`.
   */
  async reserve(bytes: number): Promise<void> {
    if (this.#waiters.size === 0 && this.#fits(bytes)) {
      this.#reservedBytes += bytes;
      return;
    }
    if (this.#waiters.size > 0 && this.#waitingBytes + bytes > this.#options.bytesMax * WAITING_PART)
      throw this.#refusal();
    await new Promise<void>((resolve, reject) => {
      const cancel = this.#options.timers.after(this.#options.waitMs, () => waiter.refuse(this.#refusal()));
      const settle = (): void => {
        cancel();
        this.#waiters.delete(waiter);
        this.#waitingBytes -= bytes;
      };
      const waiter: Waiter = {
        bytes,
        admit: () => {
          settle();
          this.#reservedBytes += bytes;
          resolve();
        },
        refuse: (error) => {
          settle();
          reject(error);
          this.#admitWaiting();
        },
      };
      this.#waiters.add(waiter);
      this.#waitingBytes += bytes;
    });
  }

  free(bytes: number): void {
    this.#reservedBytes -= bytes;
    this.#admitWaiting();
  }

  /** Heads have grown, or shrunk, by `bytes`. */
  addHeadBytes(bytes: number): void {
    this.#headBytes += bytes;
    if (bytes < 0) this.#admitWaiting();
  }

  /** Refuses all that wait. */
  refuseWaiting(error: SkaldError): void {
    for (const waiter of [...this.#waiters]) waiter.refuse(error);
  }

  #fits(bytes: number): boolean {
    const used = this.#headBytes + this.#reservedBytes;
    return used === 0 || used + bytes <= this.#options.bytesMax;
  }

  #admitWaiting(): void {
    for (const waiter of this.#waiters) {
      if (!this.#fits(waiter.bytes)) return;
      waiter.admit();
    }
  }

  #refusal(): SkaldError {
    const { bytesMax } = this.#options;
    const state = `heads hold ${formatBytes(this.#headBytes)} of at most ${formatBytes(bytesMax)}`;
    return new SkaldError('unavailable', `Cannot accept the push: ${state} and ${this.#options.reason()}; retry later`);
  }
}
