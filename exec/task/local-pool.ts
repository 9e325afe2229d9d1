import type { Clock } from '../../src/common/runtime.ts';
import type { UnitSource } from '../../storage/read/unit-source.ts';
import { BATCH_ROWS_MAX } from '../operators/chunk-scan.ts';
import { encodeExchange } from './exchange-codec.ts';
import type { FragmentRun } from './fragment-runner.ts';
import { ItemQueue } from './item-queue.ts';
import { cancelQuery } from './query-control.ts';
import { type FragmentRequest, runFragment } from './run-fragment.ts';
import type { TaskPool } from './task-pool.ts';

/**
 * Runs fragments in the calling thread, for tests and simulation. Several run side by side, a unit at a time, and so do
 * the workers of one: what workers share and how their results merge is the same as with threads, the order is fixed.
 * Results of several workers are encoded as between threads, those of a single one are handed over as they are.
 */
export class LocalPool implements TaskPool {
  readonly size: number;
  readonly #source: UnitSource;
  readonly #clock: Clock;
  readonly #batchRows: number;

  constructor(source: UnitSource, clock: Clock, batchRows = BATCH_ROWS_MAX, size = 1) {
    this.size = size;
    this.#source = source;
    this.#clock = clock;
    this.#batchRows = batchRows;
  }

  async start(): Promise<void> {
    // There is no thread to start.
  }

  async close(): Promise<void> {
    // What runs ends with its query.
  }

  run(request: FragmentRequest, workers: number): FragmentRun {
    const count = Math.min(workers, this.size);
    const queue = new ItemQueue(count, () => cancelQuery(request.control));
    for (let worker = 0; worker < count; worker++) {
      const environment = {
        worker,
        source: this.#source,
        clock: this.#clock,
        batchRows: this.#batchRows,
        turn: () => Promise.resolve(),
      };
      runFragment(request, environment, (item) => queue.push(this.size > 1 ? encodeExchange(item) : item)).then(
        (report) => queue.finish(report),
        (error: unknown) => queue.fail(error),
      );
    }
    return queue;
  }
}
