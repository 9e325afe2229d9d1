import type { VectorAggregate as VectorAggregateNode } from '../../planner/physical/plan.ts';
import { must } from '../../src/common/assert.ts';
import { BestOf } from '../aggregate/best-of.ts';
import { labelRanks } from '../aggregate/label-ranks.ts';
import type { Operator, QueryContext } from '../operator.ts';
import { BlockOperator } from './block-operator.ts';
import { asVector, type SeriesBlock, withoutEmptySeries } from './series-block.ts';
import { groupSeries } from './vector-aggregate.ts';

/**
 * topk, bottomk and approx_topk, which is exact here: per group and step the k greatest (least) samples stay, with the
 * labels of their series. Among equals the first label set stays, NaN gives way to every number (facts 61, 62).
 */
export class TopSeries extends BlockOperator {
  readonly #node: VectorAggregateNode;
  readonly #context: QueryContext;

  constructor(node: VectorAggregateNode, input: Operator<SeriesBlock>, context: QueryContext) {
    super([input]);
    this.#node = node;
    this.#context = context;
  }

  protected override compute([input]: readonly SeriesBlock[]): SeriesBlock {
    const block = asVector(must(input));
    const { group, groups } = groupSeries(block, this.#node, this.#context);
    const members: number[][] = Array.from({ length: groups.seriesCount }, () => []);
    for (let s = 0; s < group.length; s++) members[group[s]]?.push(s);
    const ranks = block.isOrdered ? null : labelRanks(block.labels());
    for (let k = 0; k < block.steps; k++) {
      this.#context.throwIfCancelled();
      for (const series of members) this.#keepBest(block, series, k, ranks);
    }
    return withoutEmptySeries(block, this.#context.budget);
  }

  #keepBest(
    { values, present, steps }: SeriesBlock,
    series: readonly number[],
    step: number,
    ranks: Uint32Array | null,
  ): void {
    const sign = this.#node.op === 'bottomk' ? 1 : -1;
    const best = new BestOf(must(this.#node.parameter), (a, b) => {
      const order = compareNanLast(values[a * steps + step] * sign, values[b * steps + step] * sign);
      return order || (ranks === null ? a - b : ranks[a] - ranks[b]);
    });
    for (const s of series) {
      if (present[s * steps + step] === 0) continue;
      present[s * steps + step] = 0;
      best.offer(s);
    }
    for (const s of best.take()) present[s * steps + step] = 1;
  }
}

/** Ascending, NaN last. */
export function compareNanLast(a: number, b: number): number {
  if (a !== a || b !== b) return (a !== a ? 1 : 0) - (b !== b ? 1 : 0);
  return a < b ? -1 : a > b ? 1 : 0;
}
