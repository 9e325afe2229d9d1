import type { MutableBatch } from '../batch/create-batch.ts';
import type { ImmediateFilters } from './immediate-filters.ts';
import type { UsualRows } from './usual-rows.ts';

/**
 * Rows that immediate filters refuse by the labels that are set leave the selection. From the others the labels are taken
 * again, as their whole line is to be read.
 */
export function dropRefused(batch: MutableBatch, { found, columns }: UsualRows, filters: ImmediateFilters): void {
  const { selection, selectedCount } = batch;
  const { isFound } = found;
  let kept = 0;
  for (let i = 0; i < selectedCount; i++) {
    const row = selection[i];
    if (isFound[i] === 1) {
      filters.before();
      let refused = false;
      for (let c = 0; c < columns.length && !refused; c++) refused = filters.refuses(columns[c], row);
      if (refused) continue;
      for (let c = 0; c < columns.length; c++) columns[c].unset(row);
    }
    selection[kept++] = row;
  }
  batch.selectedCount = kept;
}
