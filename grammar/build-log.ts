import type { CstNode } from 'chevrotain';
import { must } from '../src/common/assert.ts';
import type {
  Extraction,
  JsonExtraction,
  LabelFormatItem,
  LabelTarget,
  LineFilterOp,
  LineFilterOperand,
  LogExpr,
  Selector,
  Stage,
} from './ast.ts';
import { buildLabelFilter, buildMatcher, matcherOp } from './build-label-filter.ts';
import { readJsonPath } from './jsonpath/parse-json-path.ts';
import { readPattern } from './pattern/parse-pattern.ts';
import {
  findNode,
  findToken,
  nodeOf,
  nodesOf,
  rangeOf,
  spanning,
  stringValue,
  tokenOf,
  tokensOf,
} from './syntax-tree.ts';
import * as t from './tokens.ts';

export function buildLogExpr(selectorNode: CstNode, stagesNode: CstNode): LogExpr {
  const selector = buildSelector(selectorNode);
  const stages = nodesOf(stagesNode, 'stage').map(buildStage);
  const last = stages.at(-1) ?? selector;
  return { kind: 'LogExpr', selector, stages, range: spanning(selector.range, last.range) };
}

function buildSelector(node: CstNode): Selector {
  return { kind: 'Selector', matchers: nodesOf(node, 'matcher').map(buildMatcher), range: rangeOf(node) };
}

/** One builder for each rule that a stage can be. */
const STAGE_BUILDERS: Readonly<Record<string, (node: CstNode) => Stage>> = {
  lineFilter: buildLineFilter,
  jsonParser: buildJson,
  logfmtParser: buildLogfmt,
  patternParser: buildPatternParser,
  lineFormat: buildLineFormat,
  labelFormat: buildLabelFormat,
  labelFilter: (node) => ({ kind: 'LabelFilter', predicate: buildLabelFilter(node), range: rangeOf(node) }),
  dropOrKeep: buildDropOrKeep,
};

function buildStage(node: CstNode): Stage {
  const range = rangeOf(node);
  if (findToken(node, t.Unpack) !== null) return { kind: 'Unpack', range };
  if (findToken(node, t.Decolorize) !== null) return { kind: 'Decolorize', range };
  const rule = must(Object.keys(node.children).find((name) => Object.hasOwn(STAGE_BUILDERS, name)));
  const build = must(STAGE_BUILDERS[rule]);
  return { ...build(nodeOf(node, rule)), range };
}

function buildLineFilter(node: CstNode): Stage {
  return {
    kind: 'LineFilter',
    op: tokenOf(node, t.LineFilterOperator).image as LineFilterOp,
    alternatives: nodesOf(node, 'lineFilterOperand').map(buildLineFilterOperand),
    range: rangeOf(node),
  };
}

function buildLineFilterOperand(node: CstNode): LineFilterOperand {
  return {
    value: stringValue(tokenOf(node, t.StringLiteral)),
    ip: findToken(node, t.Ip) !== null,
    range: rangeOf(node),
  };
}

function buildJson(node: CstNode): Stage {
  const extractions = buildExtractions(node).map((extraction): JsonExtraction => ({
    ...extraction,
    path: readJsonPath(extraction.expression).path,
  }));
  return { kind: 'Json', extractions, range: rangeOf(node) };
}

function buildLogfmt(node: CstNode): Stage {
  const flags = tokensOf(node, t.ParserFlag.name).map((token) => token.image);
  return {
    kind: 'Logfmt',
    strict: flags.includes('--strict'),
    keepEmpty: flags.includes('--keep-empty'),
    extractions: buildExtractions(node),
    range: rangeOf(node),
  };
}

function buildExtractions(node: CstNode): Extraction[] {
  const list = findNode(node, 'extractions');
  if (list === null) return [];
  return nodesOf(list, 'extraction').map((item) => {
    const label = tokenOf(item, t.Identifier).image;
    const expression = findToken(item, t.StringLiteral);
    return { label, expression: expression === null ? label : stringValue(expression), range: rangeOf(item) };
  });
}

function buildPatternParser(node: CstNode): Stage {
  const pattern = stringValue(tokenOf(node, t.StringLiteral));
  const range = rangeOf(node);
  if (findToken(node, t.Regexp) !== null) return { kind: 'Regexp', pattern, range };
  return { kind: 'Pattern', pattern, parts: readPattern(pattern), range };
}

function buildLineFormat(node: CstNode): Stage {
  return { kind: 'LineFormat', template: stringValue(tokenOf(node, t.StringLiteral)), range: rangeOf(node) };
}

function buildLabelFormat(node: CstNode): Stage {
  return { kind: 'LabelFormat', items: nodesOf(node, 'labelFormatItem').map(buildFormatItem), range: rangeOf(node) };
}

function buildFormatItem(node: CstNode): LabelFormatItem {
  const to = must(tokensOf(node, 'to')[0]).image;
  const range = rangeOf(node);
  const from = tokensOf(node, 'from')[0];
  if (from !== undefined) return { kind: 'Rename', to, from: from.image, range };
  return { kind: 'Template', to, template: stringValue(tokenOf(node, t.StringLiteral)), range };
}

function buildDropOrKeep(node: CstNode): Stage {
  const targets = nodesOf(node, 'labelTarget').map(buildTarget);
  return { kind: findToken(node, t.Drop) === null ? 'Keep' : 'Drop', targets, range: rangeOf(node) };
}

function buildTarget(node: CstNode): LabelTarget {
  const name = tokenOf(node, t.Identifier).image;
  const value = findToken(node, t.StringLiteral);
  const matcher = value === null ? null : { name, op: matcherOp(node), value: stringValue(value) };
  return { name, matcher, range: rangeOf(node) };
}
