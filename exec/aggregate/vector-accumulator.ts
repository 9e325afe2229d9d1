import { unreachable } from '../../src/common/assert.ts';
import type { VectorAggregationOp } from '../../planner/ir/metric.ts';
import { AvgOverTime } from './range/avg-over-time.ts';
import { CountOverTime } from './range/count-over-time.ts';
import { ExtremumOverTime } from './range/extremum-over-time.ts';
import { SumOverTime } from './range/sum-over-time.ts';
import { VarianceOverTime } from './range/variance-over-time.ts';
import type { RangeAccumulator } from './range-accumulator.ts';

/** Vector aggregations that choose or order series instead of reducing them. */
export type SelectingOp = 'topk' | 'bottomk' | 'approx_topk' | 'sort' | 'sort_desc';

export function isSelecting(op: VectorAggregationOp): op is SelectingOp {
  return op === 'topk' || op === 'bottomk' || op === 'approx_topk' || op === 'sort' || op === 'sort_desc';
}

/** Over the samples of a group at one step the operations mean the same as over the samples of a window (fact 60). */
export function vectorAccumulator(op: Exclude<VectorAggregationOp, SelectingOp>): RangeAccumulator {
  switch (op) {
    case 'sum':
      return new SumOverTime(1);
    case 'avg':
      return new AvgOverTime();
    case 'min':
    case 'max':
      return new ExtremumOverTime(op);
    case 'count':
      return new CountOverTime(1);
    case 'stddev':
    case 'stdvar':
      return new VarianceOverTime(op);
    default:
      return unreachable(op);
  }
}
