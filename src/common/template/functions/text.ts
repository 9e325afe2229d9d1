import { fixed, variadic, type TemplateFunction } from '../function-type.ts';
import { FunctionError, isTime, isTrue, type Value } from '../value.ts';
import { count, text } from './cast.ts';

/** Longest text that a function may make. */
export const FUNCTION_RESULT_MAX = 1 << 20;

type Unary = (subject: string) => string;
const unary = (apply: Unary): TemplateFunction => fixed(['string'], ([s]) => apply(text(s)));
const binary = (apply: (first: string, second: string) => Value): TemplateFunction =>
  fixed(['string', 'string'], ([a, b]) => apply(text(a), text(b)));

/** Go's white space. */
const SPACE = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/;

export const TEXT_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  ToLower: unary(lower),
  ToUpper: unary(upper),
  Replace: fixed(['string', 'string', 'string', 'int'], ([s, from, to, n]) =>
    replaceSome(text(s), text(from), text(to), count(n)),
  ),
  Trim: binary((s, cutset) => trimSet(s, cutset, true, true)),
  TrimLeft: binary((s, cutset) => trimSet(s, cutset, true, false)),
  TrimRight: binary((s, cutset) => trimSet(s, cutset, false, true)),
  TrimPrefix: binary((s, prefix) => withoutPrefix(prefix, s)),
  TrimSuffix: binary((s, suffix) => withoutSuffix(suffix, s)),
  TrimSpace: unary(trimSpace),
  lower: unary(lower),
  upper: unary(upper),
  __line__: fixed([], (_args, { line }) => line),
  title: unary(title),
  trim: unary(trimSpace),
  trimAll: binary((cutset, s) => trimSet(s, cutset, true, true)),
  trimPrefix: binary(withoutPrefix),
  trimSuffix: binary(withoutSuffix),
  replace: fixed(['string', 'string', 'string'], ([from, to, s]) => replaceSome(text(s), text(from), text(to), -1)),
  contains: binary((part, s) => s.includes(part)),
  hasPrefix: binary((prefix, s) => s.startsWith(prefix)),
  hasSuffix: binary((suffix, s) => s.endsWith(suffix)),
  trunc: fixed(['int', 'string'], ([n, s]) => truncate(count(n), text(s))),
  substr: fixed(['int', 'int', 'string'], ([start, end, s]) => substring(count(start), count(end), text(s))),
  indent: fixed(['int', 'string'], ([n, s]) => indent(count(n), text(s))),
  nindent: fixed(['int', 'string'], ([n, s]) => `\n${indent(count(n), text(s))}`),
  repeat: fixed(['int', 'string'], ([n, s]) => repeat(count(n), text(s))),
  alignLeft: fixed(['int', 'string'], ([n, s]) => align(count(n), text(s), true)),
  alignRight: fixed(['int', 'string'], ([n, s]) => align(count(n), text(s), false)),
  default: variadic(['any'], 'any', ([fallback, given]) => (isEmpty(given ?? null) ? fallback : given)),
};

/** Case mappings of single characters: Go has no mapping that changes the number of characters. */
export function lower(s: string): string {
  return mapChars(s.toLowerCase(), s, (char) => char.toLowerCase());
}

export function upper(s: string): string {
  return mapChars(s.toUpperCase(), s, (char) => char.toUpperCase());
}

function mapChars(whole: string, s: string, map: (char: string) => string): string {
  if (/^[\0-\x7f]*$/.test(s)) return whole;
  return Array.from(s, (char) => {
    if (char === '\u0130' && map(char) !== char) return 'i';
    const mapped = map(char);
    return Array.from(mapped).length === 1 ? mapped : char;
  }).join('');
}

/** Go's strings.Title: upper case after separators, ASCII other than letters, digits and underscores; beyond ASCII white space. */
export function title(s: string): string {
  let out = '';
  let separated = true;
  for (const char of s) {
    out += separated ? upper(char) : char;
    separated = char < '\x80' ? !/\w/.test(char) : SPACE.test(char);
  }
  return out;
}

function trimSpace(s: string): string {
  return trimWhile(s, (char) => SPACE.test(char), true, true);
}

function trimSet(s: string, cutset: string, left: boolean, right: boolean): string {
  const chars = new Set(cutset);
  return trimWhile(s, (char) => chars.has(char), left, right);
}

function trimWhile(s: string, drops: (char: string) => boolean, left: boolean, right: boolean): string {
  const chars = Array.from(s);
  let start = 0;
  let end = chars.length;
  while (left && start < end && drops(chars[start])) start++;
  while (right && end > start && drops(chars[end - 1])) end--;
  return chars.slice(start, end).join('');
}

function withoutPrefix(prefix: string, s: string): string {
  return s.startsWith(prefix) ? s.slice(prefix.length) : s;
}

function withoutSuffix(suffix: string, s: string): string {
  return suffix !== '' && s.endsWith(suffix) ? s.slice(0, -suffix.length) : s;
}

/** The first `n` occurrences, all when `n` is negative. An empty `from` is found before every character and at the end. */
function replaceSome(s: string, from: string, to: string, n: number): string {
  const limit = n < 0 ? Infinity : n;
  const parts = from === '' ? Array.from(s) : s.split(from);
  if (from === '') parts.unshift('');
  const last = from === '' ? parts.length : parts.length - 1;
  let out = '';
  for (let i = 0; i < parts.length; i++) {
    out += parts[i];
    if (i < last) out += i < limit ? to : from;
    if (out.length > FUNCTION_RESULT_MAX) throw new FunctionError(`result is longer than ${FUNCTION_RESULT_MAX}`);
  }
  return out;
}

/** A slice by bytes; half a character becomes U+FFFD. */
function sliceBytes(s: string, start: number, end: number): string {
  const bytes = Buffer.from(s);
  return bytes.length === s.length ? s.slice(start, end) : bytes.toString('utf8', start, end);
}

function truncate(n: number, s: string): string {
  const length = Buffer.byteLength(s);
  if (n >= 0) return length > n ? sliceBytes(s, 0, n) : s;
  return length > -n ? sliceBytes(s, length + n, length) : s;
}

function substring(start: number, end: number, s: string): string {
  const length = Buffer.byteLength(s);
  if (start < 0) return slice(s, 0, end, length);
  if (end < 0 || end > length) return slice(s, start, length, length);
  return slice(s, start, end, length);
}

function slice(s: string, start: number, end: number, length: number): string {
  if (end < 0 || end > length) {
    throw new FunctionError(
      `runtime error: slice bounds out of range [:${end}]${end < 0 ? '' : ` with length ${length}`}`,
    );
  }
  if (start > end) throw new FunctionError(`runtime error: slice bounds out of range [${start}:${end}]`);
  return sliceBytes(s, start, end);
}

function indent(n: number, s: string): string {
  const pad = repeat(n, ' ');
  return pad + replaceSome(s, '\n', `\n${pad}`, -1);
}

function repeat(n: number, s: string): string {
  if (n < 0) throw new FunctionError('strings: negative Repeat count');
  if (n * s.length > FUNCTION_RESULT_MAX) throw new FunctionError(`result is longer than ${FUNCTION_RESULT_MAX}`);
  return s.repeat(n);
}

/** Pads or cuts to `n` characters: `left` keeps the beginning, otherwise the end stays. */
function align(n: number, s: string, left: boolean): string {
  const chars = Array.from(s);
  if (n < 0 || chars.length === n) return s;
  if (chars.length > n) return (left ? chars.slice(0, n) : chars.slice(chars.length - n)).join('');
  const pad = repeat(n - chars.length, ' ');
  return left ? s + pad : pad + s;
}

function isEmpty(value: Value): boolean {
  return isTime(value) ? false : !isTrue(value);
}
