/** Text of a line up to the first occurrence of `until`; without it, the rest of the line. */
export interface Capture {
  readonly until: Uint8Array;
  readonly isWanted: boolean;
}

/** What a line begins with, and what follows then. Only the last capture may take the rest. */
export interface LinePattern {
  readonly prefix: Uint8Array;
  readonly captures: readonly Capture[];
}

/** What was found in the selected rows: of row i only if `isFound[i]`. Valid until the next search. */
export interface FoundCaptures {
  /** Rows that have the prefix and all literals. */
  readonly rowCount: number;
  readonly isFound: Uint8Array;
  /** For each wanted capture, one after the other, begin in the line buffer and length for each row. */
  readonly spans: Uint32Array;
}
