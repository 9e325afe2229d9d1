/** A mistake in a rule file. */
export interface RuleProblem {
  /** `decode`: the text has another shape than a rule file. `invalid`: the shape is right, what it says is not. */
  readonly kind: 'decode' | 'invalid';
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** Loki's text where Loki knows the mistake. */
  readonly message: string;
}

/** `file:line:column: message` */
export function printProblem(file: string, { line, column, message }: RuleProblem): string {
  return `${file}:${line}:${column}: ${message}`;
}

/** Collects the mistakes of one part of a file, so that each of them is told. */
export class ProblemList {
  readonly problems: RuleProblem[] = [];

  decode(at: { readonly line: number; readonly column: number }, message: string): void {
    this.problems.push({ kind: 'decode', line: at.line, column: at.column, message });
  }

  invalid(at: { readonly line: number; readonly column: number }, message: string): void {
    this.problems.push({ kind: 'invalid', line: at.line, column: at.column, message });
  }
}
