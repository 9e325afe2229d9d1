/** The keys and array indexes of a JSON path, or what is wrong with it in the words of Loki (fact 133). */
export type JsonPathReading =
  | { readonly path: readonly (string | number)[]; readonly error: null }
  | { readonly path: readonly []; readonly error: string };

type PathToken =
  | { readonly kind: 'DOT' | 'LSB' | 'RSB' | '$end' }
  | { readonly kind: 'FIELD' | 'STRING'; readonly value: string }
  | { readonly kind: 'INDEX'; readonly value: number };

/** What may come next, by what has been read. `Value` is a complete path: it may end or go on. */
type State = 'Start' | 'Value' | 'AfterDot' | 'AfterBracket' | 'BeforeClose';

/** The tokens that each state takes, in the order of error messages. A complete path names none (fact 161). */
const EXPECTED: Readonly<Record<State, readonly PathToken['kind'][]>> = {
  Start: ['LSB', 'FIELD'],
  Value: ['DOT', 'LSB'],
  AfterDot: ['FIELD'],
  AfterBracket: ['STRING', 'INDEX'],
  BeforeClose: ['RSB'],
};

/** Reads `a.b[0]["c d"]`. */
export function readJsonPath(expression: string): JsonPathReading {
  const path: (string | number)[] = [];
  let state: State = 'Start';
  let offset = 0;
  for (;;) {
    const scanned = scanPathToken(expression, offset);
    if (typeof scanned === 'string') return { path: [], error: scanned };
    const { token, end } = scanned;
    if (token.kind === '$end' && state === 'Value') return { path, error: null };
    if (!EXPECTED[state].includes(token.kind)) return { path: [], error: unexpected(token.kind, state) };
    if ('value' in token) path.push(token.value);
    state = nextState(token);
    offset = end;
  }
}

function nextState(token: PathToken): State {
  switch (token.kind) {
    case 'DOT':
      return 'AfterDot';
    case 'LSB':
      return 'AfterBracket';
    case 'STRING':
    case 'INDEX':
      return 'BeforeClose';
    default:
      return 'Value';
  }
}

function unexpected(kind: PathToken['kind'], state: State): string {
  const expecting = state === 'Value' ? '' : `, expecting ${EXPECTED[state].join(' or ')}`;
  return `syntax error: unexpected ${kind}${expecting}`;
}

const BLANK = /[ \t\r\n]*/y;
const FIELD = /[A-Za-z_][A-Za-z0-9_]*/y;
const DIGITS = /[0-9]+/y;
const SIGNS = { '.': 'DOT', '[': 'LSB', ']': 'RSB' } as const;

/** The token at `offset` and where it ends, or an error. */
function scanPathToken(text: string, offset: number): { token: PathToken; end: number } | string {
  BLANK.lastIndex = offset;
  BLANK.test(text);
  const start = BLANK.lastIndex;
  if (start >= text.length) return { token: { kind: '$end' }, end: start };
  const char = String.fromCodePoint(text.codePointAt(start) ?? 0);
  if (char === '.' || char === '[' || char === ']') return { token: { kind: SIGNS[char] }, end: start + 1 };
  if (char === '"') return scanKey(text, start);
  DIGITS.lastIndex = start;
  if (DIGITS.test(text)) return scanIndex(text, start, DIGITS.lastIndex);
  FIELD.lastIndex = start;
  const field = FIELD.exec(text);
  if (field === null) return `unexpected char ${char}`;
  return { token: { kind: 'FIELD', value: field[0] }, end: start + field[0].length };
}

/** A quoted key ends at a quote or, unclosed, before `]`. */
function scanKey(text: string, start: number): { token: PathToken; end: number } {
  let end = start + 1;
  while (end < text.length && text[end] !== '"' && text[end] !== ']') end++;
  const value = text.slice(start + 1, end);
  return { token: { kind: 'STRING', value }, end: text[end] === '"' ? end + 1 : end };
}

function scanIndex(text: string, start: number, end: number): { token: PathToken; end: number } | string {
  if (text[end] === '.') return 'cannot use float as array index';
  return { token: { kind: 'INDEX', value: Number(text.slice(start, end)) }, end };
}
