import type { LineFilterStage } from '../../grammar/ast.ts';
import { re2 } from './compile-once.ts';
import { containsIp } from './ip.ts';

/** Line filters (facts 99 to 105, 108). */
export function keepsLine({ op, alternatives }: LineFilterStage, line: string): boolean {
  return isMatch(op.slice(1), alternatives, line) !== op.startsWith('!');
}

function isMatch(kind: string, alternatives: LineFilterStage['alternatives'], line: string): boolean {
  if (alternatives.length === 1) {
    const [{ value, ip }] = alternatives;
    return ip ? containsIp(line, value) : matches(kind, value, line);
  }
  // In a chain ip() is text (fact 104), and an empty string is ignored (fact 103) unless nothing else is there.
  const values = alternatives.map(({ value }) => value);
  const asked = kind === '>' ? values : values.filter((value) => value !== '');
  return asked.length === 0 || asked.some((value) => matches(kind, value, line));
}

function matches(kind: string, value: string, line: string): boolean {
  if (kind === '=') return line.includes(value);
  if (kind === '>') return matchesPattern(value, line);
  return re2(value).matcher(line).find();
}

/**
 * `|>` (fact 105): literals at their first occurrence, from left to right; something between them; the end is anchored,
 * the start is not.
 */
function matchesPattern(pattern: string, line: string): boolean {
  if (pattern === '') return line === '';
  const literals = pattern.split('<_>');
  let at = 0;
  for (const [i, literal] of literals.entries()) {
    if (literal === '') continue;
    const found = line.indexOf(literal, at);
    if (found < 0 || (i > 0 && found === at)) return false;
    at = found + literal.length;
  }
  const endsInCapture = literals.at(-1) === '';
  return endsInCapture ? at < line.length : at === line.length;
}
