/** Characters of a JSON line that are looked through for its message. */
const LENGTH_MAX = 64 * 1024;

/**
 * Where the message of a JSON line stands: the text between the quotes of the first of these fields, as it is written.
 * Null when the line is no JSON object or has none of them. Only fields of the object itself count.
 */
export function messageOf(line: string, fields: ReadonlySet<string>): { start: number; end: number } | null {
  if (line.length > LENGTH_MAX || line.charCodeAt(0) !== 0x7b || line.charCodeAt(line.length - 1) !== 0x7d) return null;
  let depth = 0;
  let key: string | null = null;
  for (let i = 0; i < line.length; i++) {
    const char = line[i];
    if (char === '"') {
      const end = stringEnd(line, i);
      if (end < 0) return null;
      if (depth === 1 && key === null) key = line.slice(i + 1, end);
      else if (depth === 1 && key !== null && fields.has(key) && end > i + 1) return { start: i + 1, end };
      i = end;
    } else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') depth--;
    else if (char === ',' && depth === 1) key = null;
  }
  return null;
}

/** The position of the quote that ends the string at `at`, or -1. */
function stringEnd(line: string, at: number): number {
  for (let i = at + 1; i < line.length; i++) {
    if (line[i] === '\\') i++;
    else if (line[i] === '"') return i;
  }
  return -1;
}
