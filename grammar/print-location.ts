import type { LogQLError } from './logql-error.ts';

/** Characters of a source line that are shown on each side of an error. */
const CONTEXT_MAX = 60;

/**
 * The line of the query where `error` is, with a caret under the place; empty if the error has none.
 *
 *     1 | {app=nginx}
 *              ^
 */
export function printLocation(text: string, error: LogQLError): string {
  const { line, column } = error;
  if (line === undefined || column === undefined) return '';
  const lines = text.split('\n');
  // Errors that lost their line (fact 159) can be shown when there is only one.
  if (line === 0 && lines.length > 1) return '';
  const number = Math.max(line, 1);
  const characters = Array.from(lines[number - 1] ?? '');
  const from = Math.max(0, column - 1 - CONTEXT_MAX);
  const shown = characters.slice(from, column - 1 + CONTEXT_MAX).map((char) => (char === '\t' ? ' ' : char));
  const margin = `${number} | `;
  return `${margin}${shown.join('')}\n${' '.repeat(margin.length + column - 1 - from)}^`;
}
