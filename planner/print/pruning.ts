import { unreachable } from '../../src/common/assert.ts';
import { goQuote } from '../../src/common/go-quote.ts';
import type { Requirement } from '../../src/common/prune.ts';
import type { Pruning } from '../physical/plan.ts';

/** How many row groups are not read, and why: one line, and one for each requirement that some lack. */
export function printPruning({ requires, report }: Pruning): readonly string[] {
  const { rowGroups, checked, filtered, prunedBy, unreadable, ms } = report;
  if (rowGroups === 0) return [];
  const pruned = prunedBy.reduce((sum, count) => sum + count, 0);
  const notes = [`${filtered} of ${checked} looked up have a filter`];
  if (unreadable > 0) notes.push(`skip tables of ${unreadable} chunks could not be read`);
  const reasons = requires.flatMap((requirement, i) => {
    const count = prunedBy[i] ?? 0;
    return count === 0 ? [] : [`  ${count} without ${printRequirement(requirement)}`];
  });
  const headline = `pruned: ${pruned} of ${rowGroups} row groups by skip index (${notes.join(', ')}), ${ms.toFixed(2)} ms`;
  return [headline, ...reasons];
}

export function printRequirement(requirement: Requirement): string {
  switch (requirement.kind) {
    case 'Line': {
      const { anyOf, ignoreCase } = requirement;
      const alternatives = anyOf.map((texts) => texts.map(goQuote).join(' and '));
      return `needle ${alternatives.join(' or ')}${ignoreCase ? ' in any case' : ''}`;
    }
    case 'Metadata':
      return `metadata ${requirement.anyOf.map(({ name, value }) => `${name}=${goQuote(value)}`).join(' or ')}`;
    default:
      return unreachable(requirement);
  }
}
