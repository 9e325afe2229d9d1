import type { Clock } from '../../src/common/runtime.ts';
import type { Operator } from '../operator.ts';

/** What an operator did in one thread. `totalMs` includes its inputs. */
export interface OperatorProbe {
  /** Node ids of the inputs. */
  readonly inputs: readonly number[];
  rowsOut: number;
  batches: number;
  totalMs: number;
}

/** Counts what an operator yields, and the time it takes. Only EXPLAIN ANALYZE pays for it. */
export class Instrumented<T> implements Operator<T> {
  readonly #input: Operator<T>;
  readonly #probe: OperatorProbe;
  readonly #rowsOf: (item: T) => number;
  readonly #clock: Clock;

  constructor(input: Operator<T>, probe: OperatorProbe, rowsOf: (item: T) => number, clock: Clock) {
    this.#input = input;
    this.#probe = probe;
    this.#rowsOf = rowsOf;
    this.#clock = clock;
  }

  async open(): Promise<void> {
    await this.#input.open();
  }

  async next(): Promise<T | null> {
    const startMs = this.#clock.monotonicMs();
    try {
      const item = await this.#input.next();
      if (item !== null) {
        this.#probe.rowsOut += this.#rowsOf(item);
        this.#probe.batches++;
      }
      return item;
    } finally {
      this.#probe.totalMs += this.#clock.monotonicMs() - startMs;
    }
  }

  close(): void {
    this.#input.close();
  }
}
