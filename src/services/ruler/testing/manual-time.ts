import type { Clock, Timers } from '../../../common/runtime.ts';

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

/** A clock and timers that move only when a test says so. */
export class ManualTime implements Clock, Timers {
  #nowMs: number;
  readonly #timers = new Set<Timer>();

  constructor(startMs = 1_767_225_600_000) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  nowNs(): bigint {
    return BigInt(Math.round(this.#nowMs)) * 1_000_000n;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  every(periodMs: number, callback: () => void): () => void {
    let cancel = (): void => undefined;
    const repeat = (): void => {
      cancel = this.after(periodMs, () => {
        repeat();
        callback();
      });
    };
    repeat();
    return () => cancel();
  }

  async sleep(delayMs: number): Promise<void> {
    await new Promise<void>((resolve) => this.after(delayMs, resolve));
  }

  /** Sets the clock forward without running anything: what runs takes that long. */
  pass(ms: number): void {
    this.#nowMs += ms;
  }

  /** Runs everything that is due within `ms`, in order, and lets it settle. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
      await settled();
    }
    this.#nowMs = Math.max(this.#nowMs, endMs);
    await settled();
  }
}

/** Everything that needs no timer and no file has happened. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}
