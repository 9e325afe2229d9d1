import { unreachable } from '../../src/common/assert.ts';
import type { Parser } from '../../planner/ir/stage.ts';
import { compileJson } from '../parsers/json.ts';
import { compileJsonExpressions } from '../parsers/json-expressions.ts';
import type { LineParser } from '../parsers/line-parser.ts';
import { compileLogfmt } from '../parsers/logfmt.ts';
import { compileLogfmtExpressions } from '../parsers/logfmt-expressions.ts';
import { compilePattern } from '../parsers/pattern.ts';
import { compileRegexpParser } from '../parsers/regexp.ts';
import { compileUnpack } from '../parsers/unpack.ts';
import type { BatchStage } from './batch-stage.ts';

export function compileParserStage(stage: Parser): BatchStage {
  const parser = compileParser(stage);
  return { kind: stage.kind, apply: (batch) => parser.parse(batch) };
}

function compileParser(stage: Parser): LineParser {
  switch (stage.kind) {
    case 'Json':
      return stage.extractions.length === 0 ? compileJson(stage) : compileJsonExpressions(stage);
    case 'Logfmt':
      return stage.extractions.length === 0 ? compileLogfmt(stage) : compileLogfmtExpressions(stage);
    case 'Regexp':
      return compileRegexpParser(stage);
    case 'Pattern':
      return compilePattern(stage);
    case 'Unpack':
      return compileUnpack(stage);
    default:
      return unreachable(stage);
  }
}
