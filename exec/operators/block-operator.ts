import type { Operator } from '../operator.ts';
import type { SeriesBlock } from './series-block.ts';

/**
 * An operator that needs whole series: it takes one block of each input and yields one block. Subclasses say how; the
 * block that `compute` gets is theirs.
 */
export abstract class BlockOperator implements Operator<SeriesBlock> {
  readonly #inputs: readonly Operator<SeriesBlock>[];
  #isDone = false;

  constructor(inputs: readonly Operator<SeriesBlock>[]) {
    this.#inputs = inputs;
  }

  async open(): Promise<void> {
    await Promise.all(this.#inputs.map((input) => input.open()));
  }

  /** Inputs are asked at the same time: their fragments run side by side. All are evaluated even if one is empty (fact 78). */
  async next(): Promise<SeriesBlock | null> {
    if (this.#isDone) return null;
    const blocks = await Promise.all(this.#inputs.map((input) => input.next()));
    this.#isDone = true;
    return this.compute(blocks.map((block) => requireBlock(block)));
  }

  close(): void {
    for (const input of this.#inputs) input.close();
  }

  protected abstract compute(blocks: readonly SeriesBlock[]): SeriesBlock;
}

function requireBlock(block: SeriesBlock | null): SeriesBlock {
  if (block === null) throw new TypeError('A metric operator ended without a block.');
  return block;
}
