import { unreachable } from '../src/common/assert.ts';
import type { Expr, LabelComparison, LabelPredicate, LogExpr, LogRange, MetricExpr, Selector, Stage } from './ast.ts';

/** Every node that a walk meets; groupings, extractions and the like are read from the node that has them. */
export type AnyNode = Expr | LogRange | Selector | Stage | LabelPredicate;

/** The nodes directly below `node`, in the order of the query text. */
export function childrenOf(node: AnyNode): readonly AnyNode[] {
  switch (node.kind) {
    case 'LogExpr':
      return [node.selector, ...node.stages];
    case 'LogRange':
      return [node.log, ...(node.unwrap?.postFilters ?? [])];
    case 'RangeAggregation':
      return [node.logRange];
    case 'VectorAggregation':
    case 'LabelReplace':
      return [node.input];
    case 'BinaryOp':
    case 'And':
    case 'Or':
      return [node.left, node.right];
    case 'Variants':
      return [...node.variants, node.of];
    case 'LabelFilter':
      return [node.predicate];
    default:
      return [];
  }
}

/** Calls `visit` for `node` and all below it: children before parents, left before right, as a bottom-up parser would. */
export function walk(node: AnyNode, visit: (node: AnyNode) => void): void {
  for (const child of childrenOf(node)) walk(child, visit);
  visit(node);
}

/** Whether there are more than `limit` nodes from `node` down; looks at no more than that. */
export function hasMoreNodes(node: AnyNode, limit: number): boolean {
  const open: AnyNode[] = [node];
  for (let seen = 0; seen <= limit; seen++) {
    const next = open.pop();
    if (next === undefined) return false;
    open.push(...childrenOf(next));
  }
  return true;
}

/** The log queries inside `expr`, in order. */
export function logExprsOf(expr: Expr): LogExpr[] {
  const found: LogExpr[] = [];
  walk(expr, (node) => {
    if (node.kind === 'LogExpr') found.push(node);
  });
  return found;
}

/** The log ranges inside `expr`, in order. */
export function logRangesOf(expr: Expr): LogRange[] {
  const found: LogRange[] = [];
  walk(expr, (node) => {
    if (node.kind === 'LogRange') found.push(node);
  });
  return found;
}

export function isMetricExpr(expr: Expr): expr is MetricExpr {
  return expr.kind !== 'LogExpr';
}

/** The comparisons of a label filter, in order. */
export function comparisonsOf(predicate: LabelPredicate): LabelComparison[] {
  const found: LabelComparison[] = [];
  walk(predicate, (node) => {
    if (isComparison(node)) found.push(node);
  });
  return found;
}

function isComparison(node: AnyNode): node is LabelComparison {
  return node.kind.endsWith('Comparison');
}

/** `expr` with every metric node replaced by what `change` makes of it, children first. */
export function transformMetric(expr: MetricExpr, change: (expr: MetricExpr) => MetricExpr): MetricExpr {
  switch (expr.kind) {
    case 'VectorAggregation':
    case 'LabelReplace':
      return change({ ...expr, input: transformMetric(expr.input, change) });
    case 'BinaryOp':
      return change({ ...expr, left: transformMetric(expr.left, change), right: transformMetric(expr.right, change) });
    case 'Variants':
      return change({ ...expr, variants: expr.variants.map((variant) => transformMetric(variant, change)) });
    case 'RangeAggregation':
    case 'NumberLiteral':
    case 'VectorLiteral':
      return change(expr);
    default:
      return unreachable(expr);
  }
}
