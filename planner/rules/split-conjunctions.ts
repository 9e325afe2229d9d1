import type { LabelPredicate } from '../ir/stage.ts';
import { mapChains, pipe, type ChainStep } from '../logical/chain.ts';
import type { Rule } from './rule.ts';

/**
 * ```
 * Filter (level = "error" and status >= 500)     →     Filter status >= 500
 * └── Parse json                                       └── Filter level = "error"
 *                                                          └── Parse json
 * ```
 * so that each condition can be pushed down and ordered by itself. The right side sees the error state that the left
 * side left behind in both forms; rows that fail the left side are gone in both.
 *
 * Refused: `or`, whose sides do not drop rows one by one.
 */
export const splitConjunctions: Rule = {
  name: 'SplitConjunctions',
  apply: (plan) =>
    mapChains(plan, ({ scan, steps }) => {
      if (!steps.some(isConjunction)) return null;
      return { scan, steps: steps.flatMap((step) => (isConjunction(step) ? split(step.stage.predicate) : [step])) };
    }),
};

type LabelFilterStep = ChainStep & { stage: { kind: 'LabelFilter'; predicate: LabelPredicate } };

function isConjunction(step: ChainStep): step is LabelFilterStep {
  return step.kind === 'Pipe' && step.stage.kind === 'LabelFilter' && step.stage.predicate.kind === 'And';
}

function split(predicate: LabelPredicate): ChainStep[] {
  if (predicate.kind !== 'And') return [pipe({ kind: 'LabelFilter', predicate })];
  return [...split(predicate.left), ...split(predicate.right)];
}
