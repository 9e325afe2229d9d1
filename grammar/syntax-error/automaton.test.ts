import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildAst } from '../build-ast.ts';
import { tokenize } from '../lexer.ts';
import { LogQLError } from '../logql-error.ts';
import { NotInLanguage } from '../not-in-language.ts';
import { parseSyntax } from '../parser.ts';
import { arbitrarySentence, arbitraryTokenRow, textOf } from '../testing/arbitrary-query-text.ts';
import { displayOf } from '../tokens.ts';
import { readSymbols } from './automaton.ts';

/** Whether the parser and the builder take the text as LogQL; null if they refuse its meaning before they can tell. */
function parserTakes(text: string): boolean | null {
  const syntax = parseSyntax(tokenize(text));
  if (syntax === null) return false;
  try {
    buildAst(syntax);
    return true;
  } catch (error) {
    if (error instanceof LogQLError) return null;
    if (error instanceof NotInLanguage) return false;
    throw error;
  }
}

function automatonTakes(text: string): boolean {
  return readSymbols(tokenize(text).map((token) => displayOf(token.tokenType))) === null;
}

describe('the automaton and the parser have one language', () => {
  test('every sentence of the productions is a query to both', () => {
    fc.assert(
      fc.property(arbitrarySentence, (tokens) => {
        const text = textOf(tokens);
        const taken = parserTakes(text);
        fc.pre(taken !== null);
        expect({ text, taken }).toEqual({ text, taken: automatonTakes(text) });
      }),
      { numRuns: 2000 },
    );
  });

  test('rows of tokens are queries to both or to none', () => {
    fc.assert(
      fc.property(arbitraryTokenRow, (tokens) => {
        const text = textOf(tokens);
        const taken = parserTakes(text);
        fc.pre(taken !== null);
        expect({ text, taken }).toEqual({ text, taken: automatonTakes(text) });
      }),
      { numRuns: 3000 },
    );
  });
});

test('it stops at the first token that cannot stand there', () => {
  expect(readSymbols(['{', 'IDENTIFIER', '=', 'IDENTIFIER', '}'])).toEqual({
    position: 3,
    expected: new Set(['STRING']),
  });
});
