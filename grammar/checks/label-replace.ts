import type { Check } from './check.ts';
import { checkRegexp } from './regexp-source.ts';

/** The last argument of label_replace is a regular expression. */
export const labelReplaceCheck: Check = {
  name: 'label-replace',
  node(node) {
    if (node.kind !== 'LabelReplace') return;
    checkRegexp(node.pattern, (reason) => `invalid regex in label_replace: ${reason}`);
  },
};
