import type { ExchangeSink } from '../../planner/physical/plan.ts';
import type { Direction } from '../operators/log-rows.ts';
import { boundingTopK } from './topmost-top-k.ts';

/**
 * From which end a TimeBound takes away from what a fragment reads: later (`forward`) or earlier (`backward`) rows. A
 * metric query is bounded once it has failed. Null: nothing bounds it.
 */
export function boundDirection(root: ExchangeSink): Direction | null {
  const topK = boundingTopK(root);
  if (topK !== null) return topK.direction;
  return root.input.kind === 'RangeAggregate' ? 'forward' : null;
}
