/** What encoding/json of Go escapes beyond JSON's own rules (spec fact 25). */
const HTML = /[<>&\u2028\u2029]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** `text` as a JSON string, with `<`, `>` and `&` escaped. */
export function jsonText(text: string): string {
  const quoted = JSON.stringify(text);
  return quoted.replace(HTML, (char) => ESCAPES[char]);
}
