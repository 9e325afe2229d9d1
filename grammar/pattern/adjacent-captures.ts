import type { PatternPart } from '../ast.ts';

/** The first two captures with nothing between them, as written, or null: such a pattern cannot say where one ends. */
export function firstAdjacentCaptures(parts: readonly PatternPart[]): string | null {
  for (const [i, part] of parts.entries()) {
    const next = parts[i + 1];
    if (part.kind === 'Capture' && next?.kind === 'Capture') return printCapture(part.name) + printCapture(next.name);
  }
  return null;
}

export function printCapture(name: string | null): string {
  return `<${name ?? '_'}>`;
}
