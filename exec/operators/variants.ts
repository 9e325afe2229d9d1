import type { Labels } from '../../src/common/labels.ts';
import { must } from '../../src/common/assert.ts';
import type { Operator, QueryContext } from '../operator.ts';
import { BlockOperator } from './block-operator.ts';
import { createSeriesBlock, releaseSeriesBlock, type SeriesBlock } from './series-block.ts';

const VARIANT_LABEL = '__variant__';

/** All variants' series one after another, each marked with its variant's number (fact 211). */
export class Variants extends BlockOperator {
  readonly #context: QueryContext;

  constructor(inputs: readonly Operator<SeriesBlock>[], context: QueryContext) {
    super(inputs);
    this.#context = context;
  }

  protected override compute(blocks: readonly SeriesBlock[]): SeriesBlock {
    const labels: Labels[] = [];
    blocks.forEach((block, v) => labels.push(...block.labels().map((set) => set.with(VARIANT_LABEL, String(v)))));
    const result = createSeriesBlock(must(blocks[0]).grid, labels, this.#context.budget);
    let at = 0;
    for (const block of blocks) {
      result.values.set(block.values, at);
      result.present.set(block.present, at);
      at += block.values.length;
      releaseSeriesBlock(block, this.#context.budget);
    }
    return result;
  }
}
