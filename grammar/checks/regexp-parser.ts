import { LogQLError } from '../logql-error.ts';
import type { Check } from './check.ts';
import { checkRegexp } from './regexp-source.ts';

/** `| regexp`: at least one named group, each with a label's name, none twice. */
export const regexpParserCheck: Check = {
  name: 'regexp-parser',
  node(node) {
    if (node.kind !== 'Regexp') return;
    const { groupNames } = checkRegexp(node.pattern, (reason) => `invalid regexp parser: ${reason}`);
    const names = groupNames.filter((name) => name !== '');
    if (names.length === 0) refuse('at least one named capture must be supplied');
    for (const [i, name] of names.entries()) {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) refuse(`invalid extracted label name '${name}'`);
      if (names.indexOf(name) < i) refuse(`duplicate extracted label name '${name}'`);
    }
  },
};

function refuse(reason: string): never {
  throw LogQLError.of(`invalid regexp parser: ${reason}`);
}
