import { countSource } from '../logical/counting.ts';
import type { MetricPlan, RangeAggregation } from '../logical/plan.ts';
import { isLogPlan, mapMetric } from '../logical/visit.ts';
import type { Rule } from './rule.ts';

/**
 * ```
 * RangeAggregation count_over_time [5m]         RangeAggregation count_over_time [5m]
 * └── Scan columns=[timestamp]            →     └── Scan columns=[timestamp] count-from=minutes
 * ```
 * Rows that only count, or whose lines only count by their bytes, need not be read where an index says how many there are:
 * of a stream in a row group whose rows all lie in one window, and of a minute that does. Rows at the edges of windows
 * are read, as are rows whose series their stream and level do not tell.
 *
 * Refused: scans with filters, but for those of the level; pipelines, unwrapped values, and metadata that is called `x_extracted` only where a stream
 * has a label `x`. Windows or steps below a minute are counted from runs alone.
 */
export const countFromSummaries: Rule = {
  name: 'CountFromSummaries',
  apply(plan) {
    if (isLogPlan(plan)) return null;
    const counted = mapMetric(plan, (node) => (node.kind === 'RangeAggregation' ? mark(node) : node));
    return counted === plan ? null : counted;
  },
};

function mark(node: RangeAggregation): MetricPlan {
  const { input } = node;
  if (input.kind !== 'Scan') return node;
  const { countFrom, ...scan } = input;
  const source = countSource(node) ?? undefined;
  if (source === countFrom) return node;
  return { ...node, input: source === undefined ? scan : { ...scan, countFrom: source } };
}
