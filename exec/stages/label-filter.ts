import type { LabelFilter } from '../../planner/ir/stage.ts';
import type { MutableBatch } from '../batch/create-batch.ts';
import type { BatchStage } from './batch-stage.ts';
import { compilePredicate, type RowPredicate } from './label-predicate.ts';

/** Keeps the rows whose labels pass (facts 110 to 120). */
export function compileLabelFilter(stage: LabelFilter): BatchStage {
  const predicate = compilePredicate(stage.predicate);
  return { kind: 'LabelFilter', apply: (batch) => selectRows(batch, predicate) };
}

/** Removes the rows that do not pass from the selection. */
export function selectRows(batch: MutableBatch, predicate: RowPredicate): void {
  predicate.bind(batch.labels);
  const { selection, selectedCount } = batch;
  let kept = 0;
  for (let i = 0; i < selectedCount; i++) {
    const row = selection[i];
    if (predicate.test(row)) selection[kept++] = row;
  }
  batch.selectedCount = kept;
}
