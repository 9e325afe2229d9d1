import type { IToken } from 'chevrotain';
import type { Matcher } from '../src/common/matcher.ts';
import { utf8Length } from '../src/common/utf8.ts';
import type { Expr, LogExpr } from './ast.ts';
import { buildAst } from './build-ast.ts';
import { checkExpr, checkMatchers, checkStages } from './checks/checks.ts';
import { tokenize } from './lexer.ts';
import { NESTING_DEPTH_MAX, QUERY_BYTES_MAX, TREE_DEPTH_MAX } from './limits.ts';
import { LogQLError } from './logql-error.ts';
import { NotInLanguage } from './not-in-language.ts';
import { parseSyntax } from './parser.ts';
import { syntaxError } from './syntax-error/syntax-error.ts';
import { CloseParenthesis, OpenParenthesis } from './tokens.ts';
import { depthOf } from './visit.ts';

/** The tree of a query that passed every check. Throws only LogQLError, with Loki's text. */
export function parseQuery(text: string): Expr {
  const expr = parseExpr(text);
  checkStages(expr);
  return expr;
}

/** As parseQuery, for a query whose result is log lines. */
export function parseLogQuery(text: string): LogExpr {
  const expr = parseQuery(text);
  if (expr.kind !== 'LogExpr') throw LogQLError.kind('only log selector is supported');
  return expr;
}

export interface ParseMatchersOptions {
  /** Also take selectors that every stream could match, as the series endpoint does (fact 94). */
  readonly allowEmpty?: boolean;
}

/** The matchers of a plain `{...}`. */
export function parseMatchers(text: string, options: ParseMatchersOptions = {}): Matcher[] {
  const expr = parseTree(text);
  if (options.allowEmpty !== true) checkMatchers(expr);
  if (expr.kind !== 'LogExpr' || expr.stages.length > 0) {
    throw LogQLError.kind('only label matchers are supported');
  }
  return expr.selector.matchers.map(({ name, op, value }) => ({ name, op, value }));
}

/**
 * The tree of a query whose stages have not been checked: templates, expressions and addresses may still be wrong.
 * Loki formats such queries and refuses to run them.
 */
export function parseExpr(text: string): Expr {
  const expr = parseTree(text);
  checkMatchers(expr);
  return expr;
}

/** The tree of a query that is well formed, whatever it selects. */
function parseTree(text: string): Expr {
  const size = utf8Length(text);
  if (size >= QUERY_BYTES_MAX) throw LogQLError.of(`input size too long (${size} > ${QUERY_BYTES_MAX})`);
  const tokens = tokenize(text);
  limitNesting(tokens);
  const expr = treeOf(text, tokens);
  if (depthOf(expr) > TREE_DEPTH_MAX) {
    throw LogQLError.of(`expression too deep: operators are chained more than ${TREE_DEPTH_MAX} levels deep`);
  }
  checkExpr(expr);
  return expr;
}

function treeOf(text: string, tokens: IToken[]): Expr {
  const syntax = parseSyntax(tokens);
  if (syntax === null) throw syntaxError(text, tokens);
  try {
    return buildAst(syntax);
  } catch (error) {
    if (error instanceof NotInLanguage) throw syntaxError(text, tokens);
    throw error;
  }
}

/** Checked on the tokens, before anything recursive sees them. */
function limitNesting(tokens: readonly IToken[]): void {
  let depth = 0;
  for (const token of tokens) {
    if (token.tokenType === CloseParenthesis) depth--;
    if (token.tokenType !== OpenParenthesis || ++depth <= NESTING_DEPTH_MAX) continue;
    throw LogQLError.of(`expression too deep: parentheses are nested more than ${NESTING_DEPTH_MAX} levels deep`);
  }
}
