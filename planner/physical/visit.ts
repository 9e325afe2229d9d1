import { unreachable } from '../../src/common/assert.ts';
import type { PhysicalNode } from './plan.ts';

export function inputsOf(node: PhysicalNode): readonly PhysicalNode[] {
  switch (node.kind) {
    case 'ChunkScan':
    case 'ExchangeSource':
    case 'NumberLiteral':
    case 'VectorLiteral':
      return [];
    case 'Pipe':
    case 'TopK':
    case 'Sample':
    case 'RangeAggregate':
    case 'VectorAggregate':
    case 'LabelReplace':
    case 'ExchangeSink':
      return [node.input];
    case 'BinaryOp':
      return [node.left, node.right];
    case 'Variants':
      return node.variants;
    default:
      return unreachable(node);
  }
}
