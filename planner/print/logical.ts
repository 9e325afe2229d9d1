import { unreachable } from '../../src/common/assert.ts';
import type { LogicalPlan } from '../logical/plan.ts';
import { childrenOf } from '../logical/visit.ts';
import {
  printBinaryOp,
  printSample,
  printLabelReplace,
  printLiteral,
  printRangeAggregation,
  printScan,
  printTopK,
  printVectorAggregation,
} from './parts.ts';
import { printStage } from './stage.ts';
import type { TimeFormat } from './times.ts';
import { printTree, type TreeNode } from './tree.ts';

/** Stable text of a logical plan: tests compare it and EXPLAIN shows it. */
export function printLogicalPlan(plan: LogicalPlan, times: TimeFormat = 'rfc3339'): string {
  return printTree(logicalTree(plan, times));
}

function logicalTree(plan: LogicalPlan, times: TimeFormat): TreeNode {
  return { text: printLogicalNode(plan, times), children: childrenOf(plan).map((child) => logicalTree(child, times)) };
}

/** One line for the node itself. */
export function printLogicalNode(plan: LogicalPlan, times: TimeFormat): string {
  switch (plan.kind) {
    case 'Scan':
      return `Scan${printScan(plan, times)}`;
    case 'Pipe':
      return printStage(plan.stage);
    case 'TopK':
      return `TopK${printTopK(plan)}`;
    case 'Sample':
      return `Sample${printSample(plan)}`;
    case 'RangeAggregation':
      return `RangeAggregation${printRangeAggregation(plan, times)}`;
    case 'VectorAggregation':
      return `VectorAggregation${printVectorAggregation(plan)}`;
    case 'BinaryOp':
      return `BinaryOp${printBinaryOp(plan)}`;
    case 'LabelReplace':
      return `LabelReplace${printLabelReplace(plan)}`;
    case 'NumberLiteral':
    case 'VectorLiteral':
      return `${plan.kind}${printLiteral(plan.value)}`;
    case 'Variants':
      return 'Variants';
    default:
      return unreachable(plan);
  }
}
