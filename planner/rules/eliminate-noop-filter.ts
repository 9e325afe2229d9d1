import type { Stage } from '../ir/stage.ts';
import { mapStages } from '../logical/chain.ts';
import type { Rule } from './rule.ts';

/**
 * ```
 * Filter line contains ""           →     Scan
 * └── Filter app matches ".*"
 *     └── Scan
 * ```
 * Filters that every row passes (spec facts 99, 118).
 *
 * Refused: their negations, which no row passes (PruneEmpty has them); `|> ""`, which passes empty lines only; and `.+`,
 * which refuses empty ones.
 */
export const eliminateNoopFilter: Rule = {
  name: 'EliminateNoopFilter',
  apply: (plan) => mapStages(plan, (stage) => (isNoop(stage) ? null : stage)),
};

const EVERYTHING: ReadonlySet<string> = new Set(['', '.*', '(?s).*', '(?s:.*)']);

/** Whether the line regex finds a match in every line; an unanchored `.*` does, whatever `.` means. */
export function matchesEveryLine(pattern: string): boolean {
  return EVERYTHING.has(pattern);
}

function isNoop(stage: Stage): boolean {
  if (stage.kind === 'LineFilter') {
    const { op, alternatives } = stage;
    if (op === '|=') return alternatives.some(({ value, ip }) => value === '' && !ip);
    return op === '|~' && alternatives.some(({ value }) => matchesEveryLine(value));
  }
  if (stage.kind !== 'LabelFilter' || stage.predicate.kind !== 'String') return false;
  const { op, value } = stage.predicate.matcher;
  return op === '=~' && value === '.*';
}
