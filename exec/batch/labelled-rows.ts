import type { Labels } from '../../src/common/labels.ts';

/** The rows that labels belong to; the arrays are the batch's own. */
export interface LabelledRows {
  readonly rowCount: number;
  readonly stream: Uint32Array;
  readonly streamTable: readonly Labels[];
  readonly selection: Uint32Array;
  readonly selectedCount: number;
}
