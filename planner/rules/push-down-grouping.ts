import type { Grouping, RangeAggregationOp, VectorAggregationOp } from '../ir/metric.ts';
import type { MetricPlan, RangeAggregation, VectorAggregation } from '../logical/plan.ts';
import { isLogPlan, mapMetric } from '../logical/visit.ts';
import type { Rule } from './rule.ts';

/**
 * ```
 * VectorAggregation sum by (app)                      VectorAggregation sum by (app)
 * └── RangeAggregation count_over_time [5m]     →     └── RangeAggregation count_over_time [5m] by (app)
 * ```
 * Rows are counted into the groups of the aggregation around them, so that neither accumulators nor labels per series
 * exist. The outer aggregation stays: it is nearly free then, and series with an error keep all labels until it (spec
 * fact 52). Sums of counts, rates and sums, minima of minima and maxima of maxima.
 *
 * Refused: other pairs, whose value needs each series' own result (`avg` of counts, `sum` of maxima, `count`, `topk`);
 * aggregations with a grouping of their own; `min` and `max` by the unwrapped label, which a series only keeps when its
 * own grouping names it (fact 43); absent_over_time, whose labels come from the selector.
 */
export const pushDownGrouping: Rule = {
  name: 'PushDownGrouping',
  apply(plan) {
    if (isLogPlan(plan)) return null;
    const pushed = mapMetric(plan, (node) => (node.kind === 'VectorAggregation' ? pushInto(node) : node));
    return pushed === plan ? null : pushed;
  },
};

const COMPOSABLE: Partial<Record<VectorAggregationOp, readonly RangeAggregationOp[]>> = {
  sum: ['count_over_time', 'rate', 'bytes_over_time', 'bytes_rate', 'sum_over_time'],
  min: ['min_over_time'],
  max: ['max_over_time'],
};

function pushInto(node: VectorAggregation): MetricPlan {
  const { input } = node;
  if (input.kind !== 'RangeAggregation') return node;
  if (COMPOSABLE[node.op]?.includes(input.op) !== true) return node;
  const grouping = node.grouping ?? { without: false, names: [] };
  return canPushInto(input, grouping) ? { ...node, input: { ...input, grouping } } : node;
}

/** Whether rows can go into the groups that their series would end up in. */
export function canPushInto(input: RangeAggregation, grouping: Grouping): boolean {
  if (input.grouping !== null || input.op === 'absent_over_time') return false;
  return grouping.without || !unwraps(input, grouping.names);
}

function unwraps({ unwrap }: RangeAggregation, names: readonly string[]): boolean {
  return unwrap !== null && names.includes(unwrap.label);
}
