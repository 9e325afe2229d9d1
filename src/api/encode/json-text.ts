import { jsonText } from '../../common/go-json.ts';

/** An object of strings, keys in the given order. Replacement characters in values become spaces (spec fact 24). */
export function jsonLabels(pairs: Iterable<readonly [string, string]>): string {
  let out = '{';
  for (const [name, value] of pairs) {
    if (out.length > 1) out += ',';
    out += `${jsonText(name)}:${jsonText(value.includes('\ufffd') ? value.replaceAll('\ufffd', ' ') : value)}`;
  }
  return `${out}}`;
}
