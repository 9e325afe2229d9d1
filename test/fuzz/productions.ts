import { readSymbols } from '../../grammar/syntax-error/automaton.ts';
import { type Production, productions } from '../../grammar/syntax-error/productions.ts';
import { tokenize } from '../../grammar/lexer.ts';
import { displayOf } from '../../grammar/tokens.ts';

/** Productions of LogQL's grammar. */
export const PRODUCTION_COUNT = productions.length;

/** The productions that a query is made of, as text. */
export function productionsOf(text: string): Set<string> {
  const found = new Set<string>();
  readSymbols(
    tokenize(text).map((token) => displayOf(token.tokenType)),
    (production) => found.add(textOf(production)),
  );
  return found;
}

/** Those that none of the queries used. */
export function missingProductions(found: ReadonlySet<string>): string[] {
  return productions.map(textOf).filter((text) => !found.has(text));
}

function textOf({ head, body }: Production): string {
  return [head, ...body].join(' ');
}
