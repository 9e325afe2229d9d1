import type { LabelPredicate, Stage } from '../ir/stage.ts';
import type { ChainStep } from './chain.ts';
import type { RangeAggregation } from './plan.ts';
import { isParser, touchesErrors } from './stage-traits.ts';

/**
 * Whether no row with an error comes out of a chain: a filter `__error__=""`, and nothing behind it that can set an error.
 * Then nobody sees the labels that such a row has. `consumer` may unwrap and filter once more.
 */
export function dropsErrors(steps: readonly ChainStep[], consumer: RangeAggregation | null): boolean {
  const stages = steps.map((step): Stage | null => (step.kind === 'Pipe' ? step.stage : null));
  const unwrap = consumer?.unwrap ?? null;
  if (unwrap !== null) {
    stages.push(null, ...unwrap.postFilters.map((predicate): Stage => ({ kind: 'LabelFilter', predicate })));
  }
  const last = stages.findLastIndex((stage) => stage?.kind === 'LabelFilter' && refusesErrors(stage.predicate));
  return last >= 0 && stages.slice(last + 1).every((stage) => stage !== null && !canSetError(stage));
}

function refusesErrors(predicate: LabelPredicate): boolean {
  switch (predicate.kind) {
    case 'And':
      return refusesErrors(predicate.left) || refusesErrors(predicate.right);
    case 'String': {
      const { name, op, value } = predicate.matcher;
      return name === '__error__' && op === '=' && value === '';
    }
    default:
      return false;
  }
}

/** Any parser may: a line can have a field of that name. */
function canSetError(stage: Stage): boolean {
  if (isParser(stage)) return true;
  switch (stage.kind) {
    case 'LabelFilter':
      return touchesErrors(stage.predicate);
    case 'LineFormat':
    case 'LabelFormat':
      return true;
    default:
      return false;
  }
}
