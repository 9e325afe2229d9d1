import type { MutableBatch } from '../batch/create-batch.ts';
import type { LabelColumn } from '../batch/label-column.ts';
import type { ParseTarget } from '../batch/parse-target.ts';
import type { TextColumn } from '../batch/text-column.ts';
import type { FoundSpans } from '../kernels/found-spans.ts';

/** Rows whose labels are set, and in which columns, in the order of the line. */
export interface UsualRows {
  readonly found: FoundSpans;
  readonly columns: readonly LabelColumn[];
}

/** The columns of the targets, where they are those of all rows and no row has a value; else null. */
export function emptyColumns(targets: readonly ParseTarget[]): LabelColumn[] | null {
  const columns: LabelColumn[] = [];
  for (const target of targets) {
    const column = target.ofAllRows();
    if (column === null || !column.isEmpty || columns.includes(column)) return null;
    columns.push(column);
  }
  return columns;
}

/** Sets the values that were found in the selected rows, the first in the first column. */
export function setUsualRows(
  { selection, selectedCount }: MutableBatch,
  line: TextColumn,
  { found, columns }: UsualRows,
): void {
  const { spans, isFound } = found;
  for (const [c, column] of columns.entries()) {
    const own = spans.subarray(2 * c * selectedCount, 2 * (c + 1) * selectedCount);
    column.writeSlices(line.values, selection, selectedCount, own, isFound);
  }
}
