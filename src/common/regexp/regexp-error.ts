import { SkaldError } from '../errors.ts';

/** What can be wrong with an expression: the texts of Go's regexp/syntax package. */
export type RegexpErrorText =
  | 'expression nests too deeply'
  | 'expression too large'
  | 'invalid character class range'
  | 'invalid escape sequence'
  | 'invalid named capture'
  | 'invalid nested repetition operator'
  | 'invalid or unsupported Perl syntax'
  | 'invalid repeat count'
  | 'missing argument to repetition operator'
  | 'missing closing )'
  | 'missing closing ]'
  | 'trailing backslash at end of expression'
  | 'unexpected )';

/** The error that an invalid expression causes; `part` is the piece of the pattern that is wrong. */
export function regexpError(text: RegexpErrorText, part: string): SkaldError {
  return new SkaldError('bad_query', `error parsing regexp: ${text}: \`${part}\``);
}
