import type { TextColumn } from '../batch/text-column.ts';
import type { Kernel } from '../../src/common/web-assembly.ts';
import { aligned, endOfPart, placeLines } from './line-parts.ts';

/** What a kernel found of some selected rows. Overwritten by its next search. */
export interface FoundSpans {
  /** Rows that were found. */
  readonly rowCount: number;
  /** 1 by item of the selection, or 0: nothing is known of the row. */
  readonly isFound: Uint8Array;
  /** For each wanted value, for each item of the selection: where it begins in the lines, and its length. */
  readonly spans: Uint32Array;
}

/** What a kernel is given of a part of the rows: addresses in its memory, and where the results go. */
export interface PlacedRows {
  readonly lines: number;
  readonly offsets: number;
  readonly selection: number;
  readonly count: number;
  /** Of the first value; the next one's are `stride` bytes behind. */
  readonly spans: number;
  readonly stride: number;
  readonly isFound: number;
}

/**
 * Lets a kernel search the lines of `selection`, part by part, for `valueCount` values each. Its memory from `at` on is
 * for rows and results. `search` returns the number of rows that it found. Null: a line is too long.
 */
export function findSpans(
  kernel: Kernel<object>,
  { line, selection }: { readonly line: TextColumn; readonly selection: Uint32Array },
  valueCount: number,
  at: number,
  search: (rows: PlacedRows) => number,
): FoundSpans | null {
  const count = selection.length;
  const isFoundAt = at + 8 * valueCount * count;
  const partAt = aligned(isFoundAt + count);
  let rowCount = 0;
  for (let first = 0; first < count;) {
    const next = endOfPart(line, selection, first, count);
    if (next < 0) return null;
    const part = placeLines(kernel, line, selection.subarray(first, next), partAt);
    const results = { spans: at + 8 * first, stride: 8 * count, isFound: isFoundAt + first };
    rowCount += search({ ...part, ...results, count: next - first });
    first = next;
  }
  const { bytes, words } = kernel;
  return {
    rowCount,
    isFound: bytes.subarray(isFoundAt, isFoundAt + count),
    spans: words.subarray(at / 4, isFoundAt / 4),
  };
}
