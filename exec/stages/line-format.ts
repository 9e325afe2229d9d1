import type { Template } from '../../src/common/template/ast.ts';
import { parseTemplate } from '../../src/common/template/parse.ts';
import type { LineFormat } from '../../planner/ir/stage.ts';
import type { MutableBatch } from '../batch/create-batch.ts';
import { TextBuilder } from '../batch/text-builder.ts';
import type { BatchStage, StageContext } from './batch-stage.ts';
import { TemplateRow } from './template-row.ts';

/** Replaces each line by what the template makes of its row; a row on which it fails keeps its line (fact 144). */
export function compileLineFormat(stage: LineFormat, { clock }: StageContext): BatchStage {
  const template = parseTemplate(stage.template, 'line');
  return {
    kind: 'LineFormat',
    apply(batch) {
      const context = new TemplateRow(batch, clock);
      if (batch.line === null) {
        markErrors(batch, template, context);
        return;
      }
      const { values, offsets } = batch.line;
      const lines = new TextBuilder(batch.rowCount);
      for (let i = 0; i < batch.selectedCount; i++) {
        const row = batch.selection[i];
        context.row = row;
        const text = context.execute(template);
        if (typeof text === 'string') {
          lines.appendText(row, text);
        } else {
          lines.appendSlice(row, values, offsets[row], offsets[row + 1]);
          context.fail(text);
        }
      }
      batch.line = lines.finish();
    },
  };
}

/** Nobody reads the line, which then is not there; that the template fails still shows. */
function markErrors({ selection, selectedCount }: MutableBatch, template: Template, context: TemplateRow): void {
  for (let i = 0; i < selectedCount; i++) {
    context.row = selection[i];
    const text = context.execute(template);
    if (typeof text !== 'string') context.fail(text);
  }
}
