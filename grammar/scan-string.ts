/** Where a literal ends (exclusive), or what Go's text/scanner says is wrong with it. */
export type Scanned = { readonly end: number; readonly error: null } | { readonly end: number; readonly error: string };

const NOT_TERMINATED = 'literal not terminated';
const SIMPLE_ESCAPES = 'abfnrtv\\';
const ESCAPE_DIGITS = /x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}/y;

/** A string in double quotes at `start`. */
export function scanQuoted(text: string, start: number): Scanned {
  return scanEscaped(text, start, '"');
}

/** A raw string in backticks at `start`. */
export function scanRaw(text: string, start: number): Scanned {
  const close = text.indexOf('`', start + 1);
  return close < 0 ? failed(text, NOT_TERMINATED) : { end: close + 1, error: null };
}

/** A Go character literal at `start`: LogQL has no use for it, but reads it, so its errors are seen. */
export function scanCharacter(text: string, start: number): Scanned {
  const scanned = scanEscaped(text, start, "'");
  if (scanned.error !== null) return scanned;
  const body = text.slice(start + 1, scanned.end - 1);
  const one = /^(?:[^\\]|\\(?:[xuU]?[0-9a-fA-F]+|[^0-9xuU]))$/su.test(body);
  return one ? scanned : failed(text, 'invalid char literal');
}

function scanEscaped(text: string, start: number, quote: string): Scanned {
  let offset = start + 1;
  while (offset < text.length) {
    const char = text.charAt(offset);
    if (char === quote) return { end: offset + 1, error: null };
    if (char === '\n') break;
    if (char === '\\') {
      const length = escapeLength(text, offset + 1, quote);
      if (length === 0) return failed(text, 'invalid char escape');
      offset += length;
    }
    offset++;
  }
  return failed(text, NOT_TERMINATED);
}

/** Characters of the escape after its backslash; 0 if it is none. */
function escapeLength(text: string, offset: number, quote: string): number {
  const char = text.charAt(offset);
  if (char !== '' && (SIMPLE_ESCAPES.includes(char) || char === quote)) return 1;
  ESCAPE_DIGITS.lastIndex = offset;
  return ESCAPE_DIGITS.exec(text)?.[0].length ?? 0;
}

function failed(text: string, error: string): Scanned {
  return { end: text.length, error };
}
