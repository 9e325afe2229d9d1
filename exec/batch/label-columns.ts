import type { Labels, LabelPair } from '../../src/common/labels.ts';
import type { ViewColumn } from './view-column.ts';

/**
 * Reads one label of many rows without strings. After `at(row)` returned true the value is `heap[start .. end)`, until
 * the next call.
 */
export interface LabelReader {
  at(row: number): boolean;
  heap: Uint8Array;
  start: number;
  end: number;
  /** The column that alone tells the label of all rows, for loops that need no call per row; absent where there is none. */
  readonly view?: ViewColumn | null;
}

/**
 * The labels of a batch's rows, by origin: stream labels (by ordinal), structured metadata, parsed. Precedence and name
 * collisions are spec facts 119 to 125. Stages change it; operators read it.
 */
export interface LabelColumns {
  /** The label as later stages see it: parsed > metadata > stream. Error labels are `__error__`, `__error_details__`. */
  reader(name: string): LabelReader;
  /** All final labels of a row, error labels included (fact 21). */
  row(row: number): Labels;
  /** The same by origin; error labels count as parsed (fact 22). */
  rowByOrigin(row: number): RowLabels;
  /** Names of all columns beyond stream labels that some row may have, sorted. */
  columnNames(): readonly string[];
  /** Whether a stage removed or overrode stream labels, so that a row's stream alone does not tell its stream labels. */
  readonly streamLabelsChanged: boolean;
  /** Whether any selected row can have `__error__`. */
  readonly mayHaveErrors: boolean;
}

export interface RowLabels {
  readonly stream: readonly LabelPair[];
  readonly metadata: readonly LabelPair[];
  readonly parsed: readonly LabelPair[];
}
