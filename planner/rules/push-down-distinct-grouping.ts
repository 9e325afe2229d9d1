import type { VectorAggregationOp } from '../ir/metric.ts';
import type { MetricPlan, RangeAggregation, VectorAggregation } from '../logical/plan.ts';
import { isLogPlan, mapMetric } from '../logical/visit.ts';
import { canPushInto } from './push-down-grouping.ts';
import type { Rule } from './rule.ts';

/**
 * ```
 * VectorAggregation count                                   VectorAggregation count
 * └── VectorAggregation count by (user_id)            →     └── VectorAggregation count by (user_id)
 *     └── RangeAggregation count_over_time [5m]                 └── RangeAggregation count_over_time [5m] by (user_id)
 * ```
 * A count asks which series there are at a step and not what their values are. A group is there when one of its series is,
 * so below a count rows may go into the groups of the aggregation around them at once, whatever the two operations are.
 *
 * Refused: topk and the like, which choose series by value; series that are not grouped below the count; what a grouping
 * cannot be pushed into (PushDownGrouping).
 */
export const pushDownDistinctGrouping: Rule = {
  name: 'PushDownDistinctGrouping',
  apply(plan) {
    if (isLogPlan(plan)) return null;
    const pushed = mapMetric(plan, (node) => {
      if (node.kind !== 'VectorAggregation' || node.op !== 'count') return node;
      const input = groupBelow(node.input);
      return input === node.input ? node : { ...node, input };
    });
    return pushed === plan ? null : pushed;
  },
};

/** Have a sample for a group at every step at which one of its series has one. */
const PRESENT_LIKE_INPUT: ReadonlySet<VectorAggregationOp> = new Set<VectorAggregationOp>([
  'sum',
  'avg',
  'min',
  'max',
  'count',
  'stddev',
  'stdvar',
]);

/** The same groups at the same steps; values may be others. */
function groupBelow(plan: MetricPlan): MetricPlan {
  if (plan.kind !== 'VectorAggregation' || !PRESENT_LIKE_INPUT.has(plan.op)) return plan;
  const input = plan.input.kind === 'RangeAggregation' ? grouped(plan, plan.input) : groupBelow(plan.input);
  return input === plan.input ? plan : { ...plan, input };
}

function grouped({ grouping }: VectorAggregation, input: RangeAggregation): RangeAggregation {
  const pushed = grouping ?? { without: false, names: [] };
  return canPushInto(input, pushed) ? { ...input, grouping: pushed } : input;
}
