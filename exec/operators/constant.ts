import type { NumberLiteral, VectorLiteral } from '../../planner/physical/plan.ts';
import { Labels } from '../../src/common/labels.ts';
import type { QueryContext } from '../operator.ts';
import { BlockOperator } from './block-operator.ts';
import { constantBlock, type SeriesBlock } from './series-block.ts';

/** A literal number (a scalar, fact 56) or `vector(n)` (fact 58): one series `{}` with the same value at every step. */
export class Constant extends BlockOperator {
  readonly #node: NumberLiteral | VectorLiteral;
  readonly #context: QueryContext;

  constructor(node: NumberLiteral | VectorLiteral, context: QueryContext) {
    super([]);
    this.#node = node;
    this.#context = context;
  }

  protected override compute(): SeriesBlock {
    const type = this.#node.kind === 'NumberLiteral' ? 'scalar' : 'vector';
    return constantBlock(this.#node.grid, this.#node.value, Labels.empty, this.#context.budget, type);
  }
}
