import { readJsonPath } from '../jsonpath/parse-json-path.ts';
import type { Check } from './check.ts';
import { stageError } from './stage-error.ts';

/** `| json a="path"`: paths are well formed (fact 133). */
export const jsonPathCheck: Check = {
  name: 'json-path',
  node(node) {
    if (node.kind !== 'Json') return;
    for (const { expression } of node.extractions) {
      const { error } = readJsonPath(expression);
      if (error !== null) throw stageError(node, `cannot parse expression [${expression}]: ${error}`);
    }
  },
};
