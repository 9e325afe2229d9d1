import type { Check } from './check.ts';
import { stageError } from './stage-error.ts';
import { reasonAgainstTemplate } from './template.ts';

/** `| label_format`: no label twice, not the error label, templates that parse. */
export const labelFormatCheck: Check = {
  name: 'label-format',
  node(node) {
    if (node.kind !== 'LabelFormat') return;
    const seen = new Set<string>();
    for (const { to } of node.items) {
      if (to === '__error__') throw stageError(node, '__error__ cannot be formatted');
      if (seen.has(to)) throw stageError(node, `multiple label name '${to}' not allowed in a single format operation`);
      seen.add(to);
    }
    for (const item of node.items) {
      if (item.kind !== 'Template') continue;
      const reason = reasonAgainstTemplate(item.template);
      if (reason !== null) throw stageError(node, `invalid template for label '${item.to}': ${reason}`);
    }
  },
};
