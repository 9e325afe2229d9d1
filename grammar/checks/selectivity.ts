import { compileRegexp } from '../../src/common/regexp/compile.ts';
import type { Matcher } from '../../src/common/matcher.ts';
import { LogQLError } from '../logql-error.ts';
import type { Check } from './check.ts';

const REASON =
  'queries require at least one regexp or equality matcher that does not have an empty-compatible value. ' +
  'For instance, app=~".*" does not meet this requirement, but app=~".+" will';

/** A selector has a matcher that streams without its label do not match; else it would select everything (fact 93). */
export const selectivityCheck: Check = {
  name: 'selectivity',
  node(node) {
    if (node.kind !== 'Selector') return;
    if (node.matchers.every(matchesEmpty)) throw LogQLError.of(REASON);
  },
};

/** Whether the empty value, which stands for a missing label, matches. */
function matchesEmpty(matcher: Matcher): boolean {
  switch (matcher.op) {
    case '=':
      return matcher.value === '';
    case '!=':
      return matcher.value !== '';
    case '=~':
      return regexpMatchesEmpty(matcher.value);
    case '!~':
      return !regexpMatchesEmpty(matcher.value);
  }
}

function regexpMatchesEmpty(source: string): boolean {
  return compileRegexp(source, { anchored: true, dotAll: true }).test('');
}
