import type { LabelPredicate, Stage } from '../../planner/ir/stage.ts';
import { compileMatcher } from '../../src/common/compiled-matcher.ts';

/** Whether a row with this level, empty where it has none, passes. */
export type LevelFilter = (level: string) => boolean;

/** What filters that look at nothing but the level let pass; null when there are none. */
export function levelFilter(predicates: readonly Stage[]): LevelFilter | null {
  if (predicates.length === 0) return null;
  const tests = predicates.map((stage): LevelFilter => {
    return stage.kind === 'LabelFilter' ? compile(stage.predicate) : () => true;
  });
  return (level) => tests.every((test) => test(level));
}

function compile(predicate: LabelPredicate): LevelFilter {
  switch (predicate.kind) {
    case 'And':
    case 'Or': {
      const [left, right] = [compile(predicate.left), compile(predicate.right)];
      return predicate.kind === 'And' ? (level) => left(level) && right(level) : (level) => left(level) || right(level);
    }
    case 'String':
      return compileMatcher(predicate.matcher).matches;
    default:
      throw new TypeError(`A filter of kind ${predicate.kind} cannot be decided by the level.`);
  }
}
