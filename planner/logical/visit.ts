import { unreachable } from '../../src/common/assert.ts';
import type { LogicalPlan, LogPlan, MetricPlan, RangeAggregation, Scan } from './plan.ts';

export function isLogPlan(plan: LogicalPlan): plan is LogPlan {
  return plan.kind === 'Scan' || plan.kind === 'Pipe' || plan.kind === 'TopK' || plan.kind === 'Sample';
}

export function childrenOf(plan: LogicalPlan): readonly LogicalPlan[] {
  switch (plan.kind) {
    case 'Scan':
    case 'NumberLiteral':
    case 'VectorLiteral':
      return [];
    case 'Pipe':
    case 'TopK':
    case 'Sample':
    case 'RangeAggregation':
    case 'VectorAggregation':
    case 'LabelReplace':
      return [plan.input];
    case 'BinaryOp':
      return [plan.left, plan.right];
    case 'Variants':
      return plan.variants;
    default:
      return unreachable(plan);
  }
}

export function countNodes(plan: LogicalPlan): number {
  return childrenOf(plan).reduce((total, child) => total + countNodes(child), 1);
}

export function scansOf(plan: LogicalPlan): readonly Scan[] {
  return plan.kind === 'Scan' ? [plan] : childrenOf(plan).flatMap(scansOf);
}

/** Rewrites metric nodes, inputs first. `change` gives the same node where nothing changes, and then so does this. */
export function mapMetric(plan: MetricPlan, change: (node: MetricPlan) => MetricPlan): MetricPlan {
  switch (plan.kind) {
    case 'RangeAggregation':
    case 'NumberLiteral':
    case 'VectorLiteral':
      return change(plan);
    case 'VectorAggregation':
    case 'LabelReplace': {
      const input = mapMetric(plan.input, change);
      return change(input === plan.input ? plan : { ...plan, input });
    }
    case 'BinaryOp': {
      const left = mapMetric(plan.left, change);
      const right = mapMetric(plan.right, change);
      return change(left === plan.left && right === plan.right ? plan : { ...plan, left, right });
    }
    case 'Variants': {
      const variants = plan.variants.map((variant) => mapMetric(variant, change));
      return change(variants.every((variant, i) => variant === plan.variants[i]) ? plan : { ...plan, variants });
    }
    default:
      return unreachable(plan);
  }
}

/** Rewrites every log plan as a whole: the query itself, or the input of a range aggregation (then `consumer`). */
export function mapLogPlans(
  plan: LogicalPlan,
  change: (log: LogPlan, consumer: RangeAggregation | null) => LogPlan,
): LogicalPlan {
  if (isLogPlan(plan)) return change(plan, null);
  return mapMetric(plan, (node) => {
    if (node.kind !== 'RangeAggregation') return node;
    const input = change(node.input, node);
    return input === node.input ? node : { ...node, input };
  });
}
