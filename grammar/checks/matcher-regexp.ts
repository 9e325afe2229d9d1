import type { Matcher } from '../../src/common/matcher.ts';
import { checkRegexp } from './regexp-source.ts';
import type { Check } from './check.ts';

/** The value of `=~` and `!~` is an expression, in selectors, label filters, drop and keep (fact 95). */
export const matcherRegexpCheck: Check = {
  name: 'matcher-regexp',
  node(node) {
    if (node.kind === 'Selector') for (const matcher of node.matchers) checkMatcher(matcher);
    if (node.kind === 'StringComparison') checkMatcher(node.matcher);
    if (node.kind !== 'Drop' && node.kind !== 'Keep') return;
    for (const target of node.targets) if (target.matcher !== null) checkMatcher(target.matcher);
  },
};

function checkMatcher(matcher: Matcher): void {
  if (matcher.op === '=~' || matcher.op === '!~') checkRegexp(matcher.value, (reason) => reason);
}
