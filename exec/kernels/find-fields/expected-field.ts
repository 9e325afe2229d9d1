/** How lines are written whose fields are looked for. */
export type FieldSyntax = 'json' | 'logfmt';

/** A field that lines are expected to have next. */
export interface ExpectedField {
  /** `"key":` or `key=`, byte by byte. */
  readonly token: Uint8Array;
  /** Whether its value is wanted; the others are passed over. */
  readonly isWanted: boolean;
}

/** What was found of some selected rows. Overwritten by the next search. */
export interface FoundFields {
  /** Rows that were found. */
  readonly rowCount: number;
  /** 1 by item of the selection, or 0: nothing is known of the row. */
  readonly isFound: Uint8Array;
  /**
   * For each wanted field, for each item of the selection: where the value begins in the lines, and its length. Of a string,
   * what is between the quotes.
   */
  readonly spans: Uint32Array;
}
