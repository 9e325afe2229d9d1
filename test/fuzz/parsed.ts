import type { Expr } from '../../grammar/ast.ts';
import { parseQuery } from '../../grammar/parse.ts';
import type { FuzzQuery } from './fuzz-query.ts';

const known = new WeakMap<FuzzQuery, Expr>();

/** The tree of a query, made when it is first asked for: every check asks for it several times. */
export function parsed(query: FuzzQuery): Expr {
  let expr = known.get(query);
  if (expr === undefined) known.set(query, (expr = parseQuery(query.text)));
  return expr;
}
