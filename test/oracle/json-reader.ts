/** Why a text is not the JSON that was expected: Loki's lenient reader's texts (fact 130). */
export class JsonProblem extends Error {}

const MALFORMED = 'Malformed JSON error';
const NO_OBJECT_END = "Value looks like object, but can't find closing '}' symbol";
const NO_ARRAY_END = "Value is array, but can't find closing ']' symbol";
const NO_STRING_END = "Value is string, but can't find closing '\"' symbol";
export const BAD_ESCAPE = 'Encountered an invalid escape sequence in a string';
const UNKNOWN = 'Unknown value type';

/** A value as it stands in the text; a string without its quotes. */
export interface JsonValue {
  readonly kind: 'String' | 'Number' | 'Boolean' | 'Null' | 'Object' | 'Array';
  readonly text: string;
  /** Position after it. */
  readonly end: number;
}

/** Position of the first character from `at` on that is not white space; -1 when there is none. */
export function nextToken(text: string, at: number): number {
  const found = text.slice(at).search(/[^ \n\r\t]/);
  return found < 0 ? -1 : at + found;
}

/** Position of the quote that ends the string whose content begins at `at`; -1 when there is none. */
export function stringEnd(text: string, at: number): number {
  for (let i = at; i < text.length; i++) {
    if (text[i] === '"') return i;
    if (text[i] === '\\') i++;
  }
  return -1;
}

/** Position after the bracket that closes the one at `at`; -1. Only brackets of its kind count. */
function blockEnd(text: string, at: number, open: string, close: string): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    if (text[i] === '"') {
      i = stringEnd(text, i + 1);
      if (i < 0) return -1;
    } else if (text[i] === open) depth++;
    else if (text[i] === close && --depth === 0) return i + 1;
  }
  return -1;
}

/** The value that begins at `at`. Throws JsonProblem. */
export function readValue(text: string, at: number): JsonValue {
  const first = text[at];
  if (first === '"') {
    const end = stringEnd(text, at + 1);
    if (end < 0) throw new JsonProblem(NO_STRING_END);
    return { kind: 'String', text: text.slice(at + 1, end), end: end + 1 };
  }
  if (first === '{' || first === '[') {
    const end = first === '{' ? blockEnd(text, at, '{', '}') : blockEnd(text, at, '[', ']');
    if (end < 0) throw new JsonProblem(first === '{' ? NO_OBJECT_END : NO_ARRAY_END);
    return { kind: first === '{' ? 'Object' : 'Array', text: text.slice(at, end), end };
  }
  const [token = ''] = /^[^ \n\r\t,}\]]*/.exec(text.slice(at)) ?? [];
  const end = at + token.length;
  if (/^[0-9-]/.test(token)) return { kind: 'Number', text: token, end };
  if (token === 'true' || token === 'false') return { kind: 'Boolean', text: token, end };
  if (token === 'null') return { kind: 'Null', text: token, end };
  throw new JsonProblem(UNKNOWN);
}

/** Visits the members of the object at the start of the text until `visit` says 'stop'. Throws JsonProblem. */
export function eachMember(text: string, visit: (key: string, value: JsonValue) => 'stop' | null): void {
  let at = nextToken(text, 0);
  if (at < 0 || text[at] !== '{') throw new JsonProblem(NO_OBJECT_END);
  at = nextToken(text, at + 1);
  if (at < 0) throw new JsonProblem(MALFORMED);
  while (text[at] !== '}') {
    if (text[at] !== '"') throw new JsonProblem(NO_OBJECT_END);
    const close = stringEnd(text, at + 1);
    if (close < 0) throw new JsonProblem(MALFORMED);
    const key = unescape(text.slice(at + 1, close));
    if (key === null) throw new JsonProblem(BAD_ESCAPE);
    const value = readValue(text, afterColon(text, close + 1));
    if (visit(key, value) === 'stop') return;
    at = nextToken(text, value.end);
    if (at < 0) throw new JsonProblem(NO_ARRAY_END);
    if (text[at] === '}') return;
    if (text[at] !== ',') throw new JsonProblem(NO_OBJECT_END);
    at = nextToken(text, at + 1);
    if (at < 0) throw new JsonProblem(NO_ARRAY_END);
  }
}

function afterColon(text: string, from: number): number {
  const colon = nextToken(text, from);
  const at = colon < 0 || text[colon] !== ':' ? -1 : nextToken(text, colon + 1);
  if (at < 0) throw new JsonProblem(MALFORMED);
  return at;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** The text of a string, or null when an escape is invalid: an unknown letter, or half a surrogate pair. */
export function unescape(raw: string): string | null {
  let out = '';
  for (let i = 0; i < raw.length; i++) {
    if (raw[i] !== '\\') {
      out += raw[i];
      continue;
    }
    const letter = raw[i + 1] ?? '';
    const hex = /^u([0-9a-fA-F]{4})(?:\\u([0-9a-fA-F]{4}))?/.exec(raw.slice(i + 1));
    if (hex !== null) {
      const pair = isHigh(hex[1]) && hex[2] !== undefined && isLow(hex[2]);
      if (!pair && (isHigh(hex[1]) || isLow(hex[1]))) return null;
      out += String.fromCharCode(parseInt(hex[1], 16), ...(pair ? [parseInt(hex[2], 16)] : []));
      i += pair ? 11 : 5;
    } else if (Object.hasOwn(ESCAPES, letter)) {
      out += ESCAPES[letter];
      i++;
    } else return null;
  }
  return out;
}

function isHigh(hex: string): boolean {
  return /^d[89ab]/i.test(hex);
}

function isLow(hex: string): boolean {
  return /^d[c-f]/i.test(hex);
}

/** The value of a string as a label: empty when an escape is invalid, a space for U+FFFD (fact 129). */
export function labelValue(raw: string): string {
  return (unescape(raw) ?? '').replaceAll('\ufffd', ' ');
}
