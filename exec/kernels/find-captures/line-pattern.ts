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
