import { unreachable } from '../../src/common/assert.ts';
import type { RangeAggregationOp } from '../../planner/ir/metric.ts';
import { AvgOverTime } from './range/avg-over-time.ts';
import { CountOverTime } from './range/count-over-time.ts';
import { EdgeOverTime } from './range/edge-over-time.ts';
import { ExtremumOverTime } from './range/extremum-over-time.ts';
import { SumOverTime } from './range/sum-over-time.ts';
import { VarianceOverTime } from './range/variance-over-time.ts';
import type { RangeAccumulator } from './range-accumulator.ts';

/** Operations that need all samples of a window: `rate_counter` in the order of time. */
export type SampleOp = 'quantile_over_time' | 'rate_counter';

export function isSampleOp(op: RangeAggregationOp): op is SampleOp {
  return op === 'quantile_over_time' || op === 'rate_counter';
}

/** The one list of range aggregations that accumulate cells. `rangeSeconds` divides rates. */
export function rangeAccumulator(
  op: Exclude<RangeAggregationOp, SampleOp>,
  isUnwrapped: boolean,
  rangeSeconds: number,
): RangeAccumulator {
  switch (op) {
    case 'count_over_time':
    case 'absent_over_time':
      return new CountOverTime(1);
    case 'rate':
      return isUnwrapped ? new SumOverTime(rangeSeconds) : new CountOverTime(rangeSeconds);
    case 'bytes_over_time':
    case 'sum_over_time':
      return new SumOverTime(1);
    case 'bytes_rate':
      return new SumOverTime(rangeSeconds);
    case 'avg_over_time':
      return new AvgOverTime();
    case 'min_over_time':
      return new ExtremumOverTime('min');
    case 'max_over_time':
      return new ExtremumOverTime('max');
    case 'stdvar_over_time':
      return new VarianceOverTime('stdvar');
    case 'stddev_over_time':
      return new VarianceOverTime('stddev');
    case 'first_over_time':
      return new EdgeOverTime('first');
    case 'last_over_time':
      return new EdgeOverTime('last');
    default:
      return unreachable(op);
  }
}
