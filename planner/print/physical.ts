import { unreachable } from '../../src/common/assert.ts';
import type { PhysicalNode, PhysicalPlan } from '../physical/plan.ts';
import { inputsOf } from '../physical/visit.ts';
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

/** What is known of a node beside the plan: text behind it and lines under it. */
export type Annotate = (node: PhysicalNode) => { readonly suffix: string; readonly notes: readonly string[] };

const NOTHING: ReturnType<Annotate> = { suffix: '', notes: [] };

/** Stable text of the root and then each fragment. */
export function printPhysicalPlan({ root, fragments }: PhysicalPlan, times: TimeFormat = 'rfc3339'): string {
  const trees = fragments.map((fragment) => `fragment ${fragment.id}\n${printPhysicalNodes(fragment.root, times)}`);
  return [printPhysicalNodes(root, times), ...trees].join('\n');
}

export function printPhysicalNodes(root: PhysicalNode, times: TimeFormat, annotate: Annotate = () => NOTHING): string {
  return printTree(physicalTree(root, times, annotate));
}

function physicalTree(node: PhysicalNode, times: TimeFormat, annotate: Annotate): TreeNode {
  const { suffix, notes } = annotate(node);
  const children = inputsOf(node).map((input) => physicalTree(input, times, annotate));
  return { text: printPhysicalNode(node, times) + suffix, notes, children };
}

/** One line for the node itself. */
export function printPhysicalNode(node: PhysicalNode, times: TimeFormat): string {
  switch (node.kind) {
    case 'ChunkScan':
      return `ChunkScan${printScan(node, times)}`;
    case 'Pipe':
      return printStage(node.stage);
    case 'TopK':
      return `TopK${printTopK(node)}`;
    case 'Sample':
      return `Sample${printSample(node)}`;
    case 'RangeAggregate':
      return `RangeAggregate ${node.mode}${printRangeAggregation(node, times)}${printAbsent(node.absentLabels)}`;
    case 'VectorAggregate':
      return `VectorAggregate${printVectorAggregation(node)}`;
    case 'BinaryOp':
      return `BinaryOp${printBinaryOp(node)}`;
    case 'LabelReplace':
      return `LabelReplace${printLabelReplace(node)}`;
    case 'NumberLiteral':
    case 'VectorLiteral':
      return `${node.kind}${printLiteral(node.value)}`;
    case 'Variants':
    case 'ExchangeSink':
      return node.kind;
    case 'ExchangeSource':
      return `ExchangeSource fragment=${node.fragment}`;
    default:
      return unreachable(node);
  }
}

function printAbsent(labels: { toString(): string } | null): string {
  return labels === null ? '' : ` absent=${labels.toString()}`;
}
