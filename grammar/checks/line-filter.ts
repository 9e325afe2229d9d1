import { compileRegexp } from '../../src/common/regexp/compile.ts';
import type { LineFilterOperand, LineFilterStage } from '../ast.ts';
import { firstAdjacentCaptures, printCapture } from '../pattern/adjacent-captures.ts';
import { readPattern } from '../pattern/parse-pattern.ts';
import type { Check } from './check.ts';
import { reasonAgainstIpPattern } from './ip-pattern.ts';
import { reasonOf } from './reason.ts';
import { stageError } from './stage-error.ts';

/** Expressions, patterns and addresses of line filters. */
export const lineFilterCheck: Check = {
  name: 'line-filter',
  node(node) {
    if (node.kind !== 'LineFilter') return;
    // In a chain, `ip(...)` is read as plain text (fact 104).
    const alone = node.alternatives.length === 1;
    for (const operand of node.alternatives) {
      const reason = operand.ip && alone ? reasonAgainstIp(node, operand) : reasonAgainst(node, operand);
      if (reason !== null) throw stageError(node, reason);
    }
  },
};

function reasonAgainstIp(stage: LineFilterStage, operand: LineFilterOperand): string | null {
  if (stage.op !== '|=' && stage.op !== '!=') return 'ip: invalid operation';
  return reasonAgainstIpPattern(operand.value);
}

function reasonAgainst(stage: LineFilterStage, operand: LineFilterOperand): string | null {
  if (stage.op === '|~' || stage.op === '!~') return reasonOf(() => compileRegexp(operand.value));
  if (stage.op === '|>' || stage.op === '!>') return reasonAgainstPattern(operand.value);
  return null;
}

/** A pattern filter has wildcards, not names, and something between them. */
function reasonAgainstPattern(pattern: string): string | null {
  const parts = readPattern(pattern);
  for (const part of parts) {
    if (part.kind === 'Capture' && part.name !== null) {
      return `named captures are not allowed: found '${printCapture(part.name)}'`;
    }
  }
  const adjacent = firstAdjacentCaptures(parts);
  return adjacent === null ? null : `found consecutive capture '${adjacent}': invalid expression`;
}
