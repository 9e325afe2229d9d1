import type { PatternPart } from '../ast.ts';

const CAPTURE = /<([A-Za-z_][A-Za-z0-9_]*)>/g;

/** Literals and captures of a pattern (fact 141). Every text is a pattern; `check-pattern.ts` says which are useful. */
export function readPattern(pattern: string): PatternPart[] {
  const parts: PatternPart[] = [];
  let last = 0;
  for (const match of pattern.matchAll(CAPTURE)) {
    if (match.index > last) parts.push({ kind: 'Literal', text: pattern.slice(last, match.index) });
    const name = match[1] ?? '';
    parts.push({ kind: 'Capture', name: name === '_' ? null : name });
    last = match.index + match[0].length;
  }
  if (last < pattern.length) parts.push({ kind: 'Literal', text: pattern.slice(last) });
  return parts;
}
