import type { TopK as TopKNode } from '../../planner/physical/plan.ts';
import type { Operator, QueryContext } from '../operator.ts';
import { bestRows, type LogRows, rowsSizeBytes } from './log-rows.ts';
import { LogRowsBuilder } from './log-rows-builder.ts';

/** The best `limit` of the rows of all workers, sorted. Yields one item. */
export class TopKFinal implements Operator<LogRows> {
  readonly #node: TopKNode;
  readonly #input: Operator<LogRows>;
  readonly #context: QueryContext;
  readonly #rows = new LogRowsBuilder();
  #reserved = 0;
  #isDone = false;

  constructor(node: TopKNode, input: Operator<LogRows>, context: QueryContext) {
    this.#node = node;
    this.#input = input;
    this.#context = context;
  }

  async open(): Promise<void> {
    await this.#input.open();
  }

  async next(): Promise<LogRows | null> {
    if (this.#isDone) return null;
    for (let rows = await this.#input.next(); rows !== null; rows = await this.#input.next()) {
      this.#context.throwIfCancelled();
      const sizeBytes = rowsSizeBytes(rows);
      this.#context.budget.reserve(sizeBytes);
      this.#reserved += sizeBytes;
      this.#rows.append(rows);
    }
    this.#isDone = true;
    return bestRows(this.#rows.build(), this.#node);
  }

  close(): void {
    this.#context.budget.release(this.#reserved);
    this.#reserved = 0;
    this.#input.close();
  }
}
