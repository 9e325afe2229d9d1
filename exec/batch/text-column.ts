/** Lines of a batch: row i is `values[offsets[i] .. offsets[i + 1])`, UTF-8. Arrow's utf8 layout. */
export interface TextColumn {
  readonly offsets: Uint32Array;
  readonly values: Uint8Array;
  /** Every line that begins with a brace is sound JSON (docs/format/index.md). Absent: it is not known. */
  readonly soundJson?: boolean;
}
