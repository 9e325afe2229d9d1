import { unreachable } from './assert.ts';
import type { Labels } from './labels.ts';
import type { Matcher } from './matcher.ts';
import { compileRegexp } from './regexp/compile.ts';

/** A matcher ready to test values. */
export interface CompiledMatcher {
  readonly matcher: Matcher;
  readonly matches: (value: string) => boolean;
}

/** Throws SkaldError `bad_query` when the regular expression is invalid. */
export function compileMatcher(matcher: Matcher): CompiledMatcher {
  return { matcher, matches: valueTest(matcher) };
}

function valueTest({ op, value }: Matcher): (text: string) => boolean {
  switch (op) {
    case '=':
      return (text) => text === value;
    case '!=':
      return (text) => text !== value;
    case '=~': {
      const regexp = compileRegexp(value, { anchored: true, dotAll: true });
      return (text) => regexp.test(text);
    }
    case '!~': {
      const regexp = compileRegexp(value, { anchored: true, dotAll: true });
      return (text) => !regexp.test(text);
    }
    default:
      return unreachable(op);
  }
}

/** Whether a label set passes all matchers; a missing label is the empty string (spec fact 92). */
export function matchesAll(matchers: readonly CompiledMatcher[], labels: Labels): boolean {
  return matchers.every(({ matcher, matches }) => matches(labels.get(matcher.name) ?? ''));
}
