import type { Clock } from '../../src/common/runtime.ts';
import type { Operator } from '../operator.ts';
import type { BatchStage } from '../stages/batch-stage.ts';

/** What an operator did in one thread. `totalMs` includes what runs inside. */
export interface OperatorProbe {
  /** Node ids of the inputs: their rows are the rows that go in. */
  readonly inputs: readonly number[];
  /** Node ids of what runs inside: the inputs, and stages that the operator applies itself. */
  readonly inside: number[];
  /** Rows that go in beside those of inputs. */
  rowsIn: number;
  rowsOut: number;
  batches: number;
  totalMs: number;
}

export function createProbe(inputs: readonly number[]): OperatorProbe {
  return { inputs, inside: [...inputs], rowsIn: 0, rowsOut: 0, batches: 0, totalMs: 0 };
}

/** The same for a stage that another operator applies. */
export function instrumentStage(stage: BatchStage, probe: OperatorProbe, clock: Clock): BatchStage {
  return {
    kind: stage.kind,
    apply(batch) {
      const startMs = clock.monotonicMs();
      probe.rowsIn += batch.selectedCount;
      stage.apply(batch);
      probe.rowsOut += batch.selectedCount;
      probe.batches++;
      probe.totalMs += clock.monotonicMs() - startMs;
    },
  };
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
