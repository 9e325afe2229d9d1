import { goQuote } from '../../go-quote.ts';
import { fixed, type TemplateFunction } from '../function-type.ts';
import { FunctionError, int, type Value } from '../value.ts';
import { text } from './cast.ts';

export const ENCODING_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  b64enc: fixed(['string'], ([s]) => Buffer.from(text(s)).toString('base64')),
  b64dec: fixed(['string'], ([s]) => decodeBase64(text(s))),
  urlencode: fixed(['string'], ([s]) => queryEscape(text(s))),
  urldecode: fixed(['string'], ([s]) => queryUnescape(text(s))),
  fromJson: fixed(['string'], ([s]) => parseJson(text(s))),
  regexReplaceAll: fixed(['string', 'string', 'string'], ([pattern, s, replacement], { regexp }) =>
    regexp(text(pattern)).replaceAll(text(s), text(replacement), false),
  ),
  regexReplaceAllLiteral: fixed(['string', 'string', 'string'], ([pattern, s, replacement], { regexp }) =>
    regexp(text(pattern)).replaceAll(text(s), text(replacement), true),
  ),
  count: fixed(['string', 'string'], ([pattern, s], { regexp }) => int(regexp(text(pattern)).count(text(s)))),
};

/** Bad input gives the error's text as the value. */
function decodeBase64(source: string): string {
  const data = source.replace(/[\r\n]/g, '');
  const valid = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(data);
  if (valid) return Buffer.from(data, 'base64').toString('utf8');
  const alphabet = /^[A-Za-z0-9+/]*/.exec(data)?.[0].length ?? 0;
  return `illegal base64 data at input byte ${alphabet === data.length ? alphabet - (alphabet % 4) : alphabet}`;
}

/** Go's QueryEscape: everything but letters, digits and `-_.~`; a space is a plus. */
export function queryEscape(source: string): string {
  return encodeURIComponent(source.toWellFormed())
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

function queryUnescape(source: string): string {
  const bytes: Buffer[] = [];
  for (const part of source.replaceAll('+', ' ').split(/(%[0-9A-Fa-f]{2})/)) {
    if (/^%[0-9A-Fa-f]{2}$/.test(part)) bytes.push(Buffer.of(Number.parseInt(part.slice(1), 16)));
    else if (part.includes('%')) {
      const at = part.indexOf('%');
      throw new FunctionError(`invalid URL escape ${goQuote(part.slice(at, at + 3))}`);
    } else bytes.push(Buffer.from(part));
  }
  return Buffer.concat(bytes).toString('utf8');
}

/** Bad input gives nil. */
function parseJson(source: string): Value {
  try {
    return fromJson(JSON.parse(source));
  } catch {
    return null;
  }
}

function fromJson(value: unknown): Value {
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value === 'object' && value !== null) {
    return new Map(Object.entries(value).map(([key, item]) => [key, fromJson(item)]));
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}
