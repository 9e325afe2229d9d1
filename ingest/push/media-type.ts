import { SkaldError } from '../../src/common/errors.ts';

/** A token of RFC 2045. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+/;
const PARAMETER = /^\s*;\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s*=\s*(?:"(?:[^"\\]|\\.)*"|[!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s*/;

/**
 * The media type of a Content-Type header in lower case, without its parameters. Throws SkaldError `bad_request` with
 * the texts of Go's mime.ParseMediaType, which Loki answers with.
 */
export function parseMediaType(header: string | undefined): string {
  const semicolon = header?.indexOf(';') ?? -1;
  const text = header ?? '';
  const base = (semicolon < 0 ? text : text.slice(0, semicolon)).trim().toLowerCase();
  const type = TOKEN.exec(base)?.[0];
  if (type === undefined) refuse('no media type');
  const rest = base.slice(type.length);
  if (rest !== '') {
    if (!rest.startsWith('/')) refuse('expected slash after first token');
    const subtype = TOKEN.exec(rest.slice(1))?.[0];
    if (subtype === undefined) refuse('expected token after slash');
    if (rest.length > 1 + subtype.length) refuse('unexpected content after media subtype');
  }
  if (semicolon >= 0) checkParameters(text.slice(semicolon));
  return base;
}

function checkParameters(text: string): void {
  const names = new Set<string>();
  let rest = text;
  while (rest.trim() !== '') {
    const parameter = PARAMETER.exec(rest);
    if (parameter === null) {
      // A semicolon at the end is ignored.
      if (rest.trim() === ';') return;
      refuse('invalid media parameter');
    }
    const name = parameter[1].toLowerCase();
    if (names.has(name)) refuse('duplicate parameter name');
    names.add(name);
    rest = rest.slice(parameter[0].length);
  }
}

function refuse(reason: string): never {
  throw new SkaldError('bad_request', `mime: ${reason}`);
}
