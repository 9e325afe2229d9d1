import { LogQLError } from '../logql-error.ts';
import type { Check } from './check.ts';

/** sort, sort_desc and approx_topk work on the whole vector. */
export const vectorGroupingCheck: Check = {
  name: 'vector-grouping',
  node(node) {
    if (node.kind !== 'VectorAggregation' || node.grouping === null) return;
    const { op, grouping } = node;
    if ((op === 'sort' || op === 'sort_desc') && grouping.names.length > 0) {
      // The text ends in a space.
      throw LogQLError.of("sort and sort_desc doesn't allow grouping by ");
    }
    if (op === 'approx_topk') throw LogQLError.of(`grouping not allowed for ${op} aggregation`);
  },
};
