/** Length of a row that has no value. */
export const ABSENT = -1;
/** Length of a row whose value was removed: it hides the same name in lower origins. */
export const DELETED = -2;
/** Like DELETED, of a value that a parser had set: later parsers do not set it again (fact 121). */
export const DELETED_PARSED = -3;

/**
 * One label for every row of a batch, as slices without copies. Row i: `length[i]` is ABSENT, DELETED, DELETED_PARSED
 * or the number of bytes (0 is a value: the empty string that a stage set). The bytes are in `lines` (the batch's line
 * buffer) from `start[i]` on when start is >= 0, else in `arena` from `~start[i]` on.
 */
export interface ViewColumn {
  readonly start: Int32Array;
  readonly length: Int32Array;
  readonly lines: Uint8Array;
  readonly arena: Uint8Array;
}
