import type { CstNode } from 'chevrotain';
import { messageOf } from '../src/common/errors.ts';
import { parseGoFloat } from '../src/common/go-number.ts';
import { LogQLError } from './logql-error.ts';
import { findToken, tokenOf } from './syntax-tree.ts';
import * as t from './tokens.ts';

/** The value of a number's text: Go's scanner takes more (`0b1`, `1_000`) than Go's ParseFloat. */
export function numberOf(text: string): number {
  try {
    return parseGoFloat(text);
  } catch (error) {
    throw LogQLError.of(`unable to parse literal as a float: ${messageOf(error)}`, error);
  }
}

/** `5`, `+5`, `-5`. */
export function buildSignedNumber(node: CstNode): number {
  const value = numberOf(tokenOf(node, t.NumberToken).image);
  return findToken(node, t.Subtract) === null ? value : -value;
}
