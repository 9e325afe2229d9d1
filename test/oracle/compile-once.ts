import { RE2JS } from 're2js';
import type { Template } from '../../src/common/template/ast.ts';
import { parseTemplate } from '../../src/common/template/parse.ts';

const regexps = new Map<string, RE2JS>();
const templates = new Map<string, Template>();
const KEPT_MAX = 1_000;

/** The expression, compiled when it is first asked for: the one thing that is too slow to do for every row. */
export function re2(pattern: string, flags = 0): RE2JS {
  return remember(regexps, `${flags} ${pattern}`, () => RE2JS.compile(pattern, flags));
}

/** The same for a template. */
export function template(text: string, name: string): Template {
  return remember(templates, `${name} ${text}`, () => parseTemplate(text, name));
}

function remember<T>(known: Map<string, T>, key: string, make: () => T): T {
  let item = known.get(key);
  if (item === undefined) {
    if (known.size >= KEPT_MAX) known.clear();
    known.set(key, (item = make()));
  }
  return item;
}
