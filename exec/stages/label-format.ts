import type { Template } from '../../src/common/template/ast.ts';
import { parseTemplate } from '../../src/common/template/parse.ts';
import type { LabelFormat } from '../../planner/ir/stage.ts';
import type { ColumnLabels } from '../batch/column-labels.ts';
import type { MutableBatch } from '../batch/create-batch.ts';
import type { LabelReader } from '../batch/label-columns.ts';
import type { BatchStage, StageContext } from './batch-stage.ts';
import { TemplateRow } from './template-row.ts';

type Item =
  | { readonly kind: 'Rename'; readonly to: string; readonly from: string }
  | { readonly kind: 'Template'; readonly to: string; readonly template: Template };

/**
 * Renames labels and sets them from templates, items from left to right (fact 145). All templates see the row as it was
 * before the first of them (fact 146); an empty result is an empty label (fact 147).
 */
export function compileLabelFormat(stage: LabelFormat, { clock }: StageContext): BatchStage {
  const items: Item[] = stage.items.map((item) =>
    item.kind === 'Rename' ? item : { ...item, template: parseTemplate(item.template, 'label') },
  );
  const firstTemplate = items.findIndex(({ kind }) => kind === 'Template');
  const split = firstTemplate < 0 ? items.length : firstTemplate;
  const renames = items.slice(0, split);
  const rest = items.slice(split);
  return {
    kind: 'LabelFormat',
    apply(batch) {
      applyItems(batch, renames, new TemplateRow(batch, clock));
      if (rest.length > 0) applyItems(batch, rest, new TemplateRow(batch, clock));
    },
  };
}

/** Runs the items on each row; the templates among them all before the row changes. */
function applyItems(batch: MutableBatch, items: readonly Item[], context: TemplateRow): void {
  const { labels, selection, selectedCount } = batch;
  // A reader does not see columns that are made after it, and an item may read what one before it has set or removed.
  for (const item of items) {
    labels.column(item.to);
    if (item.kind === 'Rename') labels.column(item.from);
  }
  const sources = items.map((item) => (item.kind === 'Rename' ? labels.filterReader(item.from) : null));
  for (let i = 0; i < selectedCount; i++) {
    const row = selection[i];
    context.row = row;
    const texts = items.map((item) => (item.kind === 'Template' ? context.execute(item.template) : ''));
    items.forEach((item, k) => {
      const text = texts[k];
      if (item.kind === 'Rename') rename(labels, row, item, sources[k] as LabelReader);
      else if (typeof text === 'string') labels.setText(item.to, row, text);
      else context.fail(text);
    });
  }
}

/** Does nothing when the row lacks the label; a label renamed to itself is removed (fact 145). */
function rename(labels: ColumnLabels, row: number, { to, from }: { to: string; from: string }, source: LabelReader) {
  if (!source.at(row)) return;
  const length = source.end - source.start;
  const at = labels.arena.append(source.heap, source.start, source.end);
  labels.setArena(to, row, at, length);
  labels.remove(from, row);
}
