import type { Matcher } from '../../src/common/matcher.ts';
import type { Stage } from '../ir/stage.ts';
import { mapChains, type LogChain } from '../logical/chain.ts';
import { matchesEveryLine } from './eliminate-noop-filter.ts';
import type { Rule } from './rule.ts';

/**
 * ```
 * Filter line not contains ""             Scan range=[0s,0s)
 * └── Scan range=[0s,60s)           →
 * ```
 * A scan of which nothing can come out reads an empty range: no catalog is asked, no task is made. Aggregations above it
 * stay, since absent_over_time and `or vector(0)` answer without entries. Known to be empty: `!= ""` and `!~ ".*"` (spec
 * fact 99), and selectors that want two values of one label, or a value and not that value.
 *
 * Refused: regular expressions that exclude each other, and contradictions between filters: rare, and the scan finds out.
 */
export const pruneEmpty: Rule = {
  name: 'PruneEmpty',
  apply: (plan) =>
    mapChains(plan, (chain) => {
      const { start, end } = chain.scan.range;
      if (start >= end || !isEmpty(chain)) return null;
      return { scan: { ...chain.scan, range: { start, end: start } }, steps: chain.steps };
    }),
};

function isEmpty({ scan, steps }: LogChain): boolean {
  const stages = [...scan.predicates, ...steps.flatMap((step) => (step.kind === 'Pipe' ? [step.stage] : []))];
  return stages.some(refusesAll) || scan.matchers.some((matcher) => contradicts(matcher, scan.matchers));
}

function refusesAll(stage: Stage): boolean {
  if (stage.kind !== 'LineFilter') return false;
  const { op, alternatives } = stage;
  if (op === '!=') return alternatives.some(({ value, ip }) => value === '' && !ip);
  return op === '!~' && alternatives.some(({ value }) => matchesEveryLine(value));
}

function contradicts({ name, op, value }: Matcher, others: readonly Matcher[]): boolean {
  if (op !== '=') return false;
  return others.some(
    (other) =>
      other.name === name &&
      ((other.op === '=' && other.value !== value) || (other.op === '!=' && other.value === value)),
  );
}
