import type { PatternPart } from '../ast.ts';
import { LogQLError } from '../logql-error.ts';
import { firstAdjacentCaptures } from '../pattern/adjacent-captures.ts';
import type { Check } from './check.ts';

/** `| pattern`: at least one named capture, none next to another, none twice. */
export const patternParserCheck: Check = {
  name: 'pattern-parser',
  node(node) {
    if (node.kind !== 'Pattern') return;
    if (node.parts.length === 0) {
      refuse('parse error at line 1, col 1: syntax error: unexpected $end, expecting IDENTIFIER or LITERAL');
    }
    const names = captureNames(node.parts);
    if (names.length === 0) refuse('at least one capture is required');
    const adjacent = firstAdjacentCaptures(node.parts);
    if (adjacent !== null) refuse(`found consecutive capture '${adjacent}': invalid expression`);
    const twice = names.find((name, i) => names.indexOf(name) < i);
    if (twice !== undefined) refuse(`duplicate capture name (${twice}): invalid expression`);
  },
};

function captureNames(parts: readonly PatternPart[]): string[] {
  return parts.flatMap((part) => (part.kind === 'Capture' && part.name !== null ? [part.name] : []));
}

function refuse(reason: string): never {
  throw LogQLError.of(`invalid pattern parser: ${reason}`);
}
