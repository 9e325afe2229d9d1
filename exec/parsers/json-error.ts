/** Why a line is not the JSON that was expected: negative, so that it cannot be a position in the line. */
export const MALFORMED_JSON = -2;
export const MALFORMED_OBJECT = -3;
export const MALFORMED_ARRAY = -4;
export const MALFORMED_STRING = -5;
export const MALFORMED_ESCAPE = -6;
export const UNKNOWN_VALUE = -7;

const TEXTS: Readonly<Record<number, string>> = {
  [MALFORMED_JSON]: 'Malformed JSON error',
  [MALFORMED_OBJECT]: "Value looks like object, but can't find closing '}' symbol",
  [MALFORMED_ARRAY]: "Value is array, but can't find closing ']' symbol",
  [MALFORMED_STRING]: "Value is string, but can't find closing '\"' symbol",
  [MALFORMED_ESCAPE]: 'Encountered an invalid escape sequence in a string',
  [UNKNOWN_VALUE]: 'Unknown value type',
};

/** The text for `__error_details__` (fact 130). */
export function jsonErrorText(code: number): string {
  return TEXTS[code];
}
