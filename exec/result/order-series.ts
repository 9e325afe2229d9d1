import { Labels } from '../../src/common/labels.ts';
import type { MetricNode } from '../../planner/physical/plan.ts';
import type { SeriesBlock } from '../operators/series-block.ts';
import type { Series } from './query-result.ts';

/**
 * The series of a block in the order of the answer: by label set, unless it is an instant query that sorts anywhere in
 * its expression (facts 63 to 65).
 */
export function orderedSeries(block: SeriesBlock, root: MetricNode): Series[] {
  const { steps, values, present } = block;
  const series = block.labels().map((set, s) => ({
    labels: set,
    values: values.subarray(s * steps, (s + 1) * steps),
    present: present.subarray(s * steps, (s + 1) * steps),
  }));
  const isInstant = block.grid.stepNs === 0n;
  return isInstant && sorts(root) ? series : series.sort((a, b) => Labels.compare(a.labels, b.labels));
}

function sorts(node: MetricNode): boolean {
  switch (node.kind) {
    case 'VectorAggregate':
      return node.op === 'sort' || node.op === 'sort_desc' || sorts(node.input);
    case 'BinaryOp':
      return sorts(node.left) || sorts(node.right);
    case 'LabelReplace':
      return sorts(node.input);
    case 'Variants':
      return node.variants.some(sorts);
    default:
      return false;
  }
}
