import type { Check } from './check.ts';
import { stageError } from './stage-error.ts';
import { reasonAgainstTemplate } from './template.ts';

/** `| line_format`: a template that parses. */
export const lineFormatCheck: Check = {
  name: 'line-format',
  node(node) {
    if (node.kind !== 'LineFormat') return;
    const reason = reasonAgainstTemplate(node.template);
    if (reason !== null) throw stageError(node, `invalid line template: ${reason}`);
  },
};
