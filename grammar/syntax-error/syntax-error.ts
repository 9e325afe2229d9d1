import type { IToken } from 'chevrotain';
import { positionOf } from '../lexer.ts';
import { LogQLError } from '../logql-error.ts';
import { displayOf, LexicalError, tokenOrder } from '../tokens.ts';
import { readSymbols } from './automaton.ts';

/** With more tokens possible than this, none is named (fact 161). */
const EXPECTED_MAX = 4;

/**
 * The error of a token row that is not a query, in Loki's words: what was not expected, and what would have been if
 * that is at most four things. A lexical error is told if everything before it was in order.
 */
export function syntaxError(text: string, tokens: readonly IToken[]): LogQLError {
  const stop = readSymbols(tokens.map((token) => displayOf(token.tokenType)));
  const token = tokens[stop?.position ?? tokens.length] ?? null;
  const position = positionOf(text, token);
  if (token?.tokenType === LexicalError) return LogQLError.at(position, String(token.payload));
  const found = token === null ? '$end' : displayOf(token.tokenType);
  const expected = tokenOrder.map(displayOf).filter((display) => stop?.expected.has(display));
  const listed = expected.length > 0 && expected.length <= EXPECTED_MAX ? `, expecting ${expected.join(' or ')}` : '';
  return LogQLError.at(position, `syntax error: unexpected ${found}${listed}`);
}
