const SIMPLE: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  '"': 34,
  "'": 39,
};

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([\s\S]))/g;

/**
 * The value of a Go string literal with its quotes: `"..."`, `'...'` with escapes, or a raw string in backticks.
 * `\xNN` and `\NNN` are bytes; bytes that are not UTF-8 become U+FFFD. Null: an escape that Go's Unquote refuses.
 */
export function unquoteGoString(literal: string): string | null {
  const body = literal.slice(1, -1);
  if (literal.startsWith('`') || !body.includes('\\')) return body;
  const parts: Buffer[] = [];
  let last = 0;
  for (const match of body.matchAll(ESCAPE)) {
    const bytes = escapedBytes(match, literal.charAt(0));
    if (bytes === null) return null;
    parts.push(Buffer.from(body.slice(last, match.index), 'utf8'), bytes);
    last = match.index + match[0].length;
  }
  parts.push(Buffer.from(body.slice(last), 'utf8'));
  return Buffer.concat(parts).toString('utf8');
}

function escapedBytes(match: RegExpMatchArray, quote: string): Buffer | null {
  const [, hex, short, long, octal, simple] = match;
  if (hex !== undefined) return Buffer.of(parseInt(hex, 16));
  if (octal !== undefined) return parseInt(octal, 8) > 0xff ? null : Buffer.of(parseInt(octal, 8));
  const code = short ?? long;
  if (code !== undefined) {
    const point = parseInt(code, 16);
    return point > 0x10ffff ? null : Buffer.from(String.fromCodePoint(point), 'utf8');
  }
  if (simple === undefined || !Object.hasOwn(SIMPLE, simple)) return null;
  if ((simple === '"' || simple === "'") && simple !== quote) return null;
  return Buffer.of(SIMPLE[simple]);
}
