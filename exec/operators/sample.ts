import type { Sample as SampleNode } from '../../planner/physical/plan.ts';
import { floorDiv } from '../../src/common/time.ts';
import type { Operator, QueryContext } from '../operator.ts';
import { type LogRows, takeRows } from './log-rows.ts';

/**
 * Thins out sorted rows: after a row, the next one is at least the interval away, over all streams (fact 19). The input
 * is in the order of the answer, also across items.
 */
export class Sample implements Operator<LogRows> {
  readonly #node: SampleNode;
  readonly #input: Operator<LogRows>;
  readonly #context: QueryContext;
  #last: bigint | null = null;

  constructor(node: SampleNode, input: Operator<LogRows>, context: QueryContext) {
    this.#node = node;
    this.#input = input;
    this.#context = context;
  }

  async open(): Promise<void> {
    await this.#input.open();
  }

  async next(): Promise<LogRows | null> {
    const rows = await this.#input.next();
    if (rows === null) return null;
    this.#context.throwIfCancelled();
    const kept = new Uint32Array(rows.rowCount);
    let count = 0;
    for (let row = 0; row < rows.rowCount; row++) if (this.#keeps(rows.timestamp[row])) kept[count++] = row;
    return takeRows(rows, kept.subarray(0, count));
  }

  close(): void {
    this.#input.close();
  }

  #keeps(timestampNs: bigint): boolean {
    const { intervalNs, direction, splitNs = 0n } = this.#node;
    const isSamePart =
      this.#last !== null && (splitNs === 0n || floorDiv(timestampNs, splitNs) === floorDiv(this.#last, splitNs));
    if (this.#last !== null && isSamePart) {
      const distance = direction === 'forward' ? timestampNs - this.#last : this.#last - timestampNs;
      if (distance < intervalNs) return false;
    }
    this.#last = timestampNs;
    return true;
  }
}
