import type { IToken, TokenType } from 'chevrotain';
import type { Matcher } from '../src/common/matcher.ts';
import { utf8Length } from '../src/common/utf8.ts';
import type { Expr, LogExpr } from './ast.ts';
import { buildAst } from './build-ast.ts';
import { checkExpr, checkMatchers, checkStages } from './checks/checks.ts';
import { tokenize } from './lexer.ts';
import { CHAIN_LENGTH_MAX, NESTING_DEPTH_MAX, QUERY_BYTES_MAX } from './limits.ts';
import { LogQLError } from './logql-error.ts';
import { NotInLanguage } from './not-in-language.ts';
import { parseSyntax } from './parser.ts';
import { syntaxError } from './syntax-error/syntax-error.ts';
import * as t from './tokens.ts';

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
  limitDepth(tokens);
  const expr = treeOf(text, tokens);
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

/**
 * Checked on the tokens, before anything recursive sees them. `open` has the chain length of every bracket that is open
 * and `chain` their sum: a bound of the tree's depth.
 */
function limitDepth(tokens: readonly IToken[]): void {
  const open = [0];
  let chain = 0;
  for (const [i, token] of tokens.entries()) {
    if (opens(token)) open.push(0);
    else if (closes(token)) {
      if (open.length > 1) chain -= open.pop() ?? 0;
    } else if (isJoint(token, tokens[i + 1])) {
      open[open.length - 1] = (open.at(-1) ?? 0) + 1;
      chain++;
    }
    if (open.length > NESTING_DEPTH_MAX + 1) throw tooDeep(`${NESTING_DEPTH_MAX} open brackets`);
    if (chain > CHAIN_LENGTH_MAX) throw tooDeep(`${CHAIN_LENGTH_MAX} operators in a chain`);
  }
}

function tooDeep(limit: string): LogQLError {
  return LogQLError.of(`expression too deep: it has more than ${limit}`);
}

function opens(token: IToken): boolean {
  return token.tokenType === t.OpenParenthesis || token.tokenType === t.OpenBrace;
}

function closes(token: IToken): boolean {
  return token.tokenType === t.CloseParenthesis || token.tokenType === t.CloseBrace;
}

/** Whether `token` can add a level: an operator, or the name of a comparison (which may follow another directly). */
function isJoint(token: IToken, next: IToken | undefined): boolean {
  if (hasCategory(token, t.BinaryOperator)) return true;
  if (token.tokenType !== t.Identifier || next === undefined) return false;
  return hasCategory(next, t.MatcherOperator) || hasCategory(next, t.NumericOperator);
}

function hasCategory(token: IToken, category: TokenType): boolean {
  return token.tokenType.CATEGORIES?.includes(category) ?? false;
}
