/**
 * A key as a label name: trimmed, every character outside `[A-Za-z0-9_]` replaced by `_`, a leading digit prefixed with
 * `_` (fact 123). Empty when there is nothing left of the key.
 */
export function labelName(key: string): string {
  const name = labelNamePart(key);
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

/** The same for a later part of a nested name, where a digit may come first (fact 127). */
export function labelNamePart(key: string): string {
  return key.trim().replace(/[^A-Za-z0-9_]/gu, '_');
}
