/** A key of a line as a label name (fact 123); empty when nothing is left of it. */
export function toLabelName(key: string): string {
  const name = toNamePart(key);
  return name !== '' && name[0] >= '0' && name[0] <= '9' ? '_' + name : name;
}

/** Keys of nested objects as one name: blank parts left out, a digit is prefixed only in front (fact 127). */
export function toNestedName(keys: readonly string[]): string {
  const parts = keys.map(toNamePart).filter((part) => part !== '');
  return toLabelName(parts.join('_'));
}

function toNamePart(key: string): string {
  let name = '';
  for (const char of key.trim()) name += /^[A-Za-z0-9_]$/.test(char) ? char : '_';
  return name;
}
