import type { MutableBatch } from '../batch/create-batch.ts';

/** Fewer rows are not worth a call. */
const ROWS_MIN = 4;

/** Whether a kernel should read the lines of a batch: those that are not selected are copied too. */
export function isWorthwhile({ selection, selectedCount }: MutableBatch): boolean {
  return selectedCount >= ROWS_MIN && selection[selectedCount - 1] - selection[0] < selectedCount * 2;
}
