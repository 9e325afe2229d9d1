import type { CstNode, IToken, TokenType } from 'chevrotain';
import { must } from '../src/common/assert.ts';
import type { Range } from './ast.ts';
import { endOf } from './lexer.ts';

/** The first child token of any of `types`, or null. */
export function findToken(node: CstNode, ...types: TokenType[]): IToken | null {
  for (const type of types) {
    const found = tokensOf(node, type.name)[0];
    if (found !== undefined) return found;
  }
  return null;
}

/** The first child token of any of `types`, which the grammar guarantees. */
export function tokenOf(node: CstNode, ...types: TokenType[]): IToken {
  return must(findToken(node, ...types), 'a token of the grammar is missing');
}

/** All child tokens of a type or label, in order. */
export function tokensOf(node: CstNode, name: string): IToken[] {
  return (node.children[name] ?? []).filter((child) => 'image' in child);
}

/** The first child node of a rule or label, or null. */
export function findNode(node: CstNode, name: string): CstNode | null {
  return nodesOf(node, name)[0] ?? null;
}

/** The first child node of a rule or label, which the grammar guarantees. */
export function nodeOf(node: CstNode, name: string): CstNode {
  return must(findNode(node, name), 'a node of the grammar is missing');
}

/** All child nodes of a rule or label, in order. */
export function nodesOf(node: CstNode, name: string): CstNode[] {
  return (node.children[name] ?? []).filter((child) => 'children' in child);
}

/** Where `node` stands in the query. A node without tokens is empty. */
export function rangeOf(node: CstNode): Range {
  const start = node.location?.startOffset ?? 0;
  const end = (node.location?.endOffset ?? start - 1) + 1;
  return Number.isNaN(start) ? { start: 0, end: 0 } : { start, end };
}

export function tokenRange(token: IToken): Range {
  return { start: token.startOffset, end: endOf(token) };
}

/** From the beginning of `first` to the end of `last`. */
export function spanning(first: Range, last: Range): Range {
  return { start: first.start, end: last.end };
}

/** The value of a string token. */
export function stringValue(token: IToken): string {
  return token.payload as string;
}

/** The nanoseconds of a duration or range token. */
export function nanoseconds(token: IToken): bigint {
  return token.payload as bigint;
}
