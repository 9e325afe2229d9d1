import { goQuote } from '../go-quote.ts';

export type TokenKind =
  | 'Text'
  | 'LeftDelimiter'
  | 'RightDelimiter'
  | 'Identifier'
  | 'Keyword'
  | 'Field'
  | 'Variable'
  | 'String'
  | 'RawString'
  | 'CharConstant'
  | 'Number'
  | 'Bool'
  | 'Dot'
  | 'Pipe'
  | 'Assign'
  | 'Declare'
  | 'LeftParen'
  | 'RightParen'
  | 'Space'
  | 'Char'
  | 'Error'
  | 'End';

export interface Token {
  readonly kind: TokenKind;
  /** The source; of an Error its message. */
  readonly value: string;
  readonly pos: number;
}

export const KEYWORDS: ReadonlySet<string> = new Set([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'nil',
  'template',
  'with',
]);

/** A token in an error text. */
export function printToken({ kind, value }: Token): string {
  if (kind === 'End') return 'EOF';
  if (kind === 'Error') return value;
  if (kind === 'Keyword') return `<${value}>`;
  const chars = Array.from(value);
  return chars.length > 10 ? `${goQuote(chars.slice(0, 10).join(''))}...` : goQuote(value);
}
