import type { CstNode } from 'chevrotain';
import type { LabelFilterStage, LogExpr, LogRange, Unwrap } from './ast.ts';
import { buildLabelFilter } from './build-label-filter.ts';
import { buildLogExpr } from './build-log.ts';
import { refuse } from './not-in-language.ts';
import { findNode, findToken, nanoseconds, nodeOf, nodesOf, rangeOf, tokenOf, tokensOf } from './syntax-tree.ts';
import * as t from './tokens.ts';

/** A log range while its `[5m]` may still be missing. */
interface Draft {
  readonly log: LogExpr;
  readonly unwrap: Unwrap | null;
  readonly range: CstNode | null;
  readonly parenthesized: boolean;
}

/** What stands inside a range aggregation; refuses text with no range, two ranges, or a stage where none may follow. */
export function buildLogRange(node: CstNode): LogRange {
  const draft = buildDraft(node);
  if (draft.range === null) refuse();
  const offset = findToken(draft.range, t.Duration);
  return {
    kind: 'LogRange',
    log: draft.log,
    unwrap: draft.unwrap,
    intervalNs: nanoseconds(tokenOf(draft.range, t.RangeToken)),
    offsetNs: offset === null ? 0n : nanoseconds(offset),
    range: rangeOf(node),
  };
}

function buildDraft(node: CstNode): Draft {
  const inner = findNode(node, 'logRange');
  if (inner !== null) return closeParenthesis(node, buildDraft(inner));
  const selector = nodeOf(node, 'selector');
  const before = { stages: nodeOf(node, 'stages'), unwrap: findNode(node, 'unwrap') };
  const after = { stages: findNode(node, 'stagesAfter'), unwrap: findNode(node, 'unwrapAfter') };
  const something = hasStages(after.stages) || after.unwrap !== null;
  if (something && (hasStages(before.stages) || before.unwrap !== null)) refuse();
  const log = buildLogExpr(selector, hasStages(after.stages) ? after.stages : before.stages);
  return {
    log,
    unwrap: buildUnwrap(before.unwrap ?? after.unwrap),
    range: findNode(node, 'range'),
    parenthesized: false,
  };
}

/**
 * `( inner )` and what follows it: nothing if the range stands inside, else the range. A bare selector in parentheses
 * may have its unwrap after the range; no other stage may follow.
 */
function closeParenthesis(node: CstNode, inner: Draft): Draft {
  const range = findNode(node, 'range');
  const unwrapAfter = findNode(node, 'unwrapAfter');
  const stagesFollow = hasStages(nodeOf(node, 'stages')) || hasStages(findNode(node, 'stagesAfter'));
  if (stagesFollow || findNode(node, 'unwrap') !== null) refuse();
  if (inner.range !== null) {
    if (range !== null) refuse();
    return { ...inner, parenthesized: true };
  }
  if (range === null || inner.parenthesized) refuse();
  if (unwrapAfter !== null && (inner.log.stages.length > 0 || inner.unwrap !== null)) refuse();
  return { ...inner, range, unwrap: inner.unwrap ?? buildUnwrap(unwrapAfter), parenthesized: true };
}

function hasStages(node: CstNode | null): node is CstNode {
  return node !== null && nodesOf(node, 'stage').length > 0;
}

function buildUnwrap(node: CstNode | null): Unwrap | null {
  if (node === null) return null;
  const conversion = findToken(node, t.ConversionFunction)?.image.toLowerCase() ?? null;
  return {
    kind: 'Unwrap',
    label: tokenOf(node, t.Identifier).image,
    conversion: conversion as Unwrap['conversion'],
    postFilters: buildPostFilters(node),
    range: rangeOf(node),
  };
}

function buildPostFilters(node: CstNode): LabelFilterStage[] {
  // The first pipe belongs to `unwrap` itself.
  const pipes = tokensOf(node, t.Pipe.name).slice(1);
  return nodesOf(node, 'labelFilter').map((filter, i) => ({
    kind: 'LabelFilter',
    predicate: buildLabelFilter(filter),
    range: { start: pipes[i]?.startOffset ?? rangeOf(filter).start, end: rangeOf(filter).end },
  }));
}
