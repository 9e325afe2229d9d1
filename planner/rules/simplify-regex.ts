import { requiredLiterals } from '../../src/common/regexp/literals.ts';
import type { LabelPredicate, LineFilter, Stage } from '../ir/stage.ts';
import { mapStages } from '../logical/chain.ts';
import type { Rule } from './rule.ts';

/**
 * ```
 * Filter line matches ".*error|warn"   →     Filter line contains "error" or "warn"
 * Filter app matches "api"             →     Filter app = "api"
 * ```
 * Regular expressions that say no more than literals do (spec fact 100): substring search has the fastest kernel, can use
 * skip indexes and comes first in a row of filters.
 *
 * Refused: more than LITERALS_MAX literals, which one pass of the regex engine beats; case-insensitive and anchored ones,
 * for which there is no other operator; label filters with several literals (the same one comparison per value); stream
 * selectors, whose operators decide the labels of absent_over_time (fact 40).
 */
export const simplifyRegex: Rule = {
  name: 'SimplifyRegex',
  apply: (plan) => mapStages(plan, simplify),
};

const LITERALS_MAX = 8;

function simplify(stage: Stage): Stage {
  if (stage.kind === 'LineFilter') return simplifyLineFilter(stage) ?? stage;
  if (stage.kind !== 'LabelFilter') return stage;
  const predicate = simplifyPredicate(stage.predicate);
  return predicate === stage.predicate ? stage : { kind: 'LabelFilter', predicate };
}

function simplifyLineFilter({ op, alternatives }: LineFilter): LineFilter | null {
  if (op !== '|~' && op !== '!~') return null;
  // Of several alternatives, empty ones do not count: neither here, nor among the texts.
  const counted = alternatives.filter(({ value }) => value !== '');
  const texts = (counted.length === 0 ? alternatives.slice(0, 1) : counted).map(({ value }) => substringsOf(value));
  if (texts.some((list) => list === null)) return null;
  const found = [...new Set(texts.flatMap((list) => list ?? []))];
  const all = found.includes('') ? [''] : found;
  if (all.length > LITERALS_MAX) return null;
  return {
    kind: 'LineFilter',
    op: op === '|~' ? '|=' : '!=',
    alternatives: all.map((value) => ({ value, ip: false })),
  };
}

/** Substrings of which a line has one exactly when the expression matches; [''] when it matches every line. */
function substringsOf(pattern: string): readonly string[] | null {
  const literals = requiredLiterals(pattern);
  if (literals.kind === 'All') return [''];
  return literals.kind === 'Contains' && literals.literals.caseMode === 'none' ? literals.literals.texts : null;
}

function simplifyPredicate(predicate: LabelPredicate): LabelPredicate {
  if (predicate.kind === 'And' || predicate.kind === 'Or') {
    const left = simplifyPredicate(predicate.left);
    const right = simplifyPredicate(predicate.right);
    return left === predicate.left && right === predicate.right ? predicate : { kind: predicate.kind, left, right };
  }
  if (predicate.kind !== 'String') return predicate;
  const { name, op, value } = predicate.matcher;
  if (op !== '=~' && op !== '!~') return predicate;
  const literals = requiredLiterals(value, { anchored: true });
  const [only] = literals.kind === 'Equals' ? literals.texts : [];
  if (literals.kind !== 'Equals' || only === undefined || literals.texts.length !== 1) return predicate;
  return { kind: 'String', matcher: { name, op: op === '=~' ? '=' : '!=', value: only } };
}
