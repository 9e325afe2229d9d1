import { comparisonsOf } from '../visit.ts';
import type { Check } from './check.ts';
import { reasonAgainstIpPattern } from './ip-pattern.ts';
import { stageError } from './stage-error.ts';

/** `| addr=ip("...")`: an address, a network or a range (fact 107). */
export const ipComparisonCheck: Check = {
  name: 'ip-comparison',
  node(node) {
    if (node.kind !== 'LabelFilter') return;
    for (const comparison of comparisonsOf(node.predicate)) {
      const reason = comparison.kind === 'IpComparison' ? reasonAgainstIpPattern(comparison.pattern) : null;
      if (reason !== null) throw stageError(node, reason);
    }
  },
};
