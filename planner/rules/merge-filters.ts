import type { LineFilter, Stage } from '../ir/stage.ts';
import { mapChains, type ChainStep, type LogChain } from '../logical/chain.ts';
import { changesLine } from '../logical/stage-traits.ts';
import type { Rule } from './rule.ts';

/**
 * ```
 * Scan line=[contains "error: timeout", contains "error", not contains "x", not contains "x"]
 *   →
 * Scan line=[contains "error: timeout", not contains "x"]
 * ```
 * A line filter goes when another one on the same line makes it true: an equal one, or for single substrings a longer one
 * that contains it (`|=`) or a shorter one that it contains (`!=`).
 *
 * Refused: filters with a stage between them that changes the line; regular expressions and patterns that differ, because
 * one implying the other is not decided here.
 */
export const mergeFilters: Rule = {
  name: 'MergeFilters',
  apply: (plan) => mapChains(plan, merge),
};

function merge({ scan, steps }: LogChain): LogChain | null {
  const groups = groupsByLine(scan.predicates, steps);
  const redundant = new Set<LineFilter>(groups.flatMap(redundantIn));
  if (redundant.size === 0) return null;
  const isRedundant = (stage: Stage): boolean => stage.kind === 'LineFilter' && redundant.has(stage);
  return {
    scan: { ...scan, predicates: scan.predicates.filter((stage) => !isRedundant(stage)) },
    steps: steps.filter((step) => step.kind !== 'Pipe' || !isRedundant(step.stage)),
  };
}

/** Line filters that see the same line. */
function groupsByLine(predicates: readonly Stage[], steps: readonly ChainStep[]): LineFilter[][] {
  const groups: LineFilter[][] = [[]];
  for (const stage of [...predicates, ...steps.flatMap((step) => (step.kind === 'Pipe' ? [step.stage] : []))]) {
    if (changesLine(stage)) groups.push([]);
    else if (stage.kind === 'LineFilter') groups.at(-1)?.push(stage);
  }
  return groups;
}

/** Of two that imply each other (they are equal) the later one goes. Implication is transitive: a reason stays. */
function redundantIn(filters: readonly LineFilter[]): LineFilter[] {
  return filters.filter((filter, i) =>
    filters.some((other, j) => i !== j && implies(other, filter) && (j < i || !implies(filter, other))),
  );
}

function implies(given: LineFilter, filter: LineFilter): boolean {
  if (given.op !== filter.op) return false;
  const a = substring(given);
  const b = substring(filter);
  if (a === null || b === null) return sameAlternatives(given, filter);
  return given.op === '|=' ? a.includes(b) : b.includes(a);
}

/** The text of a filter on one plain substring. */
function substring({ op, alternatives }: LineFilter): string | null {
  const [only] = alternatives;
  if (only === undefined || alternatives.length !== 1 || only.ip) return null;
  return op === '|=' || op === '!=' ? only.value : null;
}

function sameAlternatives(a: LineFilter, b: LineFilter): boolean {
  return (
    a.alternatives.length === b.alternatives.length &&
    a.alternatives.every(({ value, ip }, i) => value === b.alternatives[i]?.value && ip === b.alternatives[i].ip)
  );
}
