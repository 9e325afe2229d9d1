import { unreachable } from '../../src/common/assert.ts';
import type { Stage } from '../../planner/ir/stage.ts';
import type { BatchStage, StageContext } from './batch-stage.ts';
import { compileDecolorize } from './decolorize.ts';
import { compileDrop, compileKeep } from './drop-keep.ts';
import { compileLabelFormat } from './label-format.ts';
import { compileLabelFilter } from './label-filter.ts';
import { compileLineFilterStage } from './line-filter.ts';
import { compileLineFormat } from './line-format.ts';
import { compileParserStage } from './parser.ts';

/** Compiles a pipeline stage for one thread of a query. Throws SkaldError `bad_query` for sub-languages with errors. */
export function compileStage(stage: Stage, context: StageContext): BatchStage {
  switch (stage.kind) {
    case 'LineFilter':
      return compileLineFilterStage(stage);
    case 'LabelFilter':
      return compileLabelFilter(stage);
    case 'Json':
    case 'Logfmt':
    case 'Regexp':
    case 'Pattern':
    case 'Unpack':
      return compileParserStage(stage);
    case 'LineFormat':
      return compileLineFormat(stage, context);
    case 'LabelFormat':
      return compileLabelFormat(stage, context);
    case 'Decolorize':
      return compileDecolorize();
    case 'Drop':
      return compileDrop(stage);
    case 'Keep':
      return compileKeep(stage);
    default:
      return unreachable(stage);
  }
}
