/** How a matcher compares a label's value; a missing label is the empty string (spec fact 92). */
export type MatcherOp = '=' | '!=' | '=~' | '!~';

/** One condition of a stream selector. For `=~` and `!~`, `value` is an RE2 pattern matched against the whole value. */
export interface Matcher {
  readonly name: string;
  readonly op: MatcherOp;
  readonly value: string;
}
