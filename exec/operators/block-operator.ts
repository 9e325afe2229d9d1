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

  /**
   * Inputs are asked at the same time: their fragments run side by side. All are evaluated even if one is empty (fact 78).
   * When several fail, it is the leftmost one's error that counts, whichever was first.
   */
  async next(): Promise<SeriesBlock | null> {
    if (this.#isDone) return null;
    const asked = this.#inputs.map((input) => input.next());
    for (const answer of asked) answer.catch(() => undefined);
    const blocks: SeriesBlock[] = [];
    for (const answer of asked) blocks.push(requireBlock(await answer));
    this.#isDone = true;
    return this.compute(blocks);
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
