import type { MutableBatch } from '../batch/create-batch.ts';
import type { Operator, QueryContext } from '../operator.ts';
import type { BatchStage } from '../stages/batch-stage.ts';

/** One pipeline stage over batches, in place. Batches without rows are not handed on. */
export class Pipe implements Operator<MutableBatch> {
  readonly #input: Operator<MutableBatch>;
  readonly #stage: BatchStage;
  readonly #context: QueryContext;

  constructor(input: Operator<MutableBatch>, stage: BatchStage, context: QueryContext) {
    this.#input = input;
    this.#stage = stage;
    this.#context = context;
  }

  async open(): Promise<void> {
    await this.#input.open();
  }

  async next(): Promise<MutableBatch | null> {
    for (let batch = await this.#input.next(); batch !== null; batch = await this.#input.next()) {
      this.#context.throwIfCancelled();
      this.#stage.apply(batch);
      if (batch.selectedCount > 0) return batch;
    }
    return null;
  }

  close(): void {
    this.#input.close();
  }
}
