import type { VectorAggregate as VectorAggregateNode } from '../../planner/physical/plan.ts';
import { must } from '../../src/common/assert.ts';
import { labelRanks } from '../aggregate/label-ranks.ts';
import type { Operator, QueryContext } from '../operator.ts';
import { BlockOperator } from './block-operator.ts';
import { asVector, pickSeries, type SeriesBlock } from './series-block.ts';
import { compareNanLast } from './top-series.ts';

/**
 * sort and sort_desc: series by value, NaN last in both, ties by label set (fact 64). Only the result of an instant
 * query has an order to speak of: with several steps the block stays as it is.
 */
export class SortSeries extends BlockOperator {
  readonly #sign: number;
  readonly #context: QueryContext;

  constructor(node: VectorAggregateNode, input: Operator<SeriesBlock>, context: QueryContext) {
    super([input]);
    this.#sign = node.op === 'sort_desc' ? -1 : 1;
    this.#context = context;
  }

  protected override compute([input]: readonly SeriesBlock[]): SeriesBlock {
    const block = asVector(must(input));
    if (block.steps !== 1) return block;
    const { values } = block;
    const ranks = labelRanks(block.labels());
    const order = Array.from(ranks.keys());
    order.sort((a, b) => compareNanLast(values[a] * this.#sign, values[b] * this.#sign) || ranks[a] - ranks[b]);
    return pickSeries(block, order, this.#context.budget);
  }
}
