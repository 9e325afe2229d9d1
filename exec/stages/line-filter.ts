import { must } from '../../src/common/assert.ts';
import type { LineFilter } from '../../planner/ir/stage.ts';
import { compileLineFilter } from '../kernels/line-filter.ts';
import type { BatchStage } from './batch-stage.ts';

/** Keeps the rows whose line passes (facts 99 to 106). */
export function compileLineFilterStage(stage: LineFilter): BatchStage {
  const matcher = compileLineFilter(stage);
  return {
    kind: 'LineFilter',
    apply(batch) {
      const line = must(batch.line, 'line filter needs lines');
      batch.selectedCount = matcher.select(line, batch.selection, batch.selectedCount, batch.selection);
    },
  };
}
