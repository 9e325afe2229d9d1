import { must } from '../../src/common/assert.ts';
import type { Batch } from '../batch/batch.ts';
import type { FragmentContext } from '../fragment-context.ts';
import type { Operator } from '../operator.ts';
import type { LogRows } from './log-rows.ts';
import { LogRowsBuilder } from './log-rows-builder.ts';

/** Copies the rows of batches out of their units, so that they can leave the worker. Keeps the order, yields per batch. */
export class CollectRows implements Operator<LogRows> {
  readonly #input: Operator<Batch>;
  readonly #context: FragmentContext;

  constructor(input: Operator<Batch>, context: FragmentContext) {
    this.#input = input;
    this.#context = context;
  }

  async open(): Promise<void> {
    await this.#input.open();
  }

  async next(): Promise<LogRows | null> {
    const batch = await this.#input.next();
    if (batch === null) return null;
    this.#context.throwIfCancelled();
    this.#context.counters.rowsPassed += batch.selectedCount;
    const { rank, firstRow } = must(this.#context.position);
    const builder = new LogRowsBuilder();
    builder.add(batch, batch.selection, batch.selectedCount, must(batch.line), rank, firstRow);
    return builder.build();
  }

  close(): void {
    this.#input.close();
  }
}
