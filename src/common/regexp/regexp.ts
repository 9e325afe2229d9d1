/**
 * RE2 semantics in linear time (spec fact 98). The interface of a compiled expression; `compile.ts` makes one.
 * Not thread-shared; reusable without limit; holds no position.
 */
export interface CompiledRegexp {
  readonly source: string;
  /** Names of capture groups by index; index 0 is the whole match; unnamed groups are ''. */
  readonly groupNames: readonly string[];
  /** Whether the expression matches anywhere in `bytes[start .. end)` (UTF-8; invalid bytes read as U+FFFD). */
  testBytes(bytes: Uint8Array, start: number, end: number): boolean;
  test(text: string): boolean;
  /** First match: group texts by index, undefined for a group that did not take part. Null: no match. */
  exec(text: string): readonly (string | undefined)[] | null;
  /**
   * First match in `bytes[start .. end)`: pairs of byte offsets (absolute) by group, -1 for a group that did not take
   * part. Null: no match.
   */
  execBytes(bytes: Uint8Array, start: number, end: number): Int32Array | null;
  /** All non-overlapping matches replaced; `$1` and `${name}` expand as in Go's Regexp.Expand unless `literal`. */
  replaceAll(text: string, replacement: string, literal: boolean): string;
  /** Number of non-overlapping matches. */
  count(text: string): number;
}

export interface RegexpOptions {
  /** Match the whole text, `.` matching newlines too: stream selectors (fact 91). */
  readonly anchored: boolean;
  /** With `anchored`: `.` matches newlines. Label filters are anchored without it (fact 118). */
  readonly dotAll: boolean;
}
