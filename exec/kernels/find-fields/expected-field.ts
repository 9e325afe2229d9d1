/** How lines are written whose fields are looked for. */
export type FieldSyntax = 'json' | 'logfmt';

/** A field that lines are expected to have next. */
export interface ExpectedField {
  /** `"key":` or `key=`, byte by byte. */
  readonly token: Uint8Array;
  /** Whether its value is wanted; the others are passed over. */
  readonly isWanted: boolean;
}
