import { unreachable } from '../../src/common/assert.ts';
import { SkaldError } from '../../src/common/errors.ts';
import type { Stage } from '../../planner/ir/stage.ts';
import type { BatchStage, StageContext } from './batch-stage.ts';
import { compileDecolorize } from './decolorize.ts';
import { compileDrop, compileKeep } from './drop-keep.ts';
import { compileLabelFilter } from './label-filter.ts';
import { compileLineFilterStage } from './line-filter.ts';
import { compileParserStage } from './parser.ts';

/** Compiles a pipeline stage for one thread of a query. Throws SkaldError `bad_query` for sub-languages with errors. */
export function compileStage(stage: Stage, _context: StageContext): BatchStage {
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
    case 'LabelFormat':
      throw new SkaldError('not_supported', `Cannot run the stage ${stage.kind}: templates are not there yet`);
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
