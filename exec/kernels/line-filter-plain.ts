import { RE2JS } from 're2js';
import type { LineFilter, LineFilterOp } from '../../planner/ir/stage.ts';
import { lowerOf } from './fold.ts';
import { compileIpMatcher } from './ip-search.ts';

/** Line filters the obvious way, one string at a time: what the kernels are compared with in tests. */
export function plainLineFilter(filter: LineFilter): (line: string) => boolean {
  const { op, alternatives } = filter;
  const keepsEmpty = alternatives.length === 1 || op === '|>' || op === '!>';
  const chain = alternatives.filter(({ value }) => keepsEmpty || value !== '');
  const tests = (chain.length === 0 ? alternatives.slice(0, 1) : chain).map(({ value, ip }) =>
    ip && alternatives.length === 1 ? plainIp(value) : plainTest(op, value),
  );
  return (line) => tests.some((test) => test(line)) !== op.startsWith('!');
}

function plainIp(pattern: string): (line: string) => boolean {
  const matches = compileIpMatcher(pattern);
  return (line) => matches(Buffer.from(line), 0, Buffer.byteLength(line));
}

function plainTest(op: LineFilterOp, value: string): (line: string) => boolean {
  if (op === '|=' || op === '!=') return (line) => line.includes(value);
  if (op === '|>' || op === '!>') return (line) => plainPattern(value.split('<_>'), line);
  if (value === '.+' || value === '(?i).+') return (line) => line !== '';
  const insensitive = /^\(\?i\)([^\\.+*?()|[\]{}^$]+)$/u.exec(value)?.[1];
  if (insensitive !== undefined) return (line) => lower(line).includes(lower(insensitive));
  const regexp = RE2JS.compile(value);
  return (line) => regexp.matcher(line).find();
}

function lower(text: string): string {
  return Array.from(text, (char) => String.fromCodePoint(lowerOf(char.codePointAt(0) ?? 0))).join('');
}

/** `parts` are the literals around the wildcards, empty at an end that is a wildcard. */
function plainPattern(parts: readonly string[], line: string): boolean {
  if (line === '' || parts.join('') + parts.slice(1).join(' ') === '')
    return line === '' && parts.length === 1 && parts[0] === '';
  let rest = line;
  for (const [i, part] of parts.entries()) {
    if (part === '') continue;
    const at = rest.indexOf(part);
    if (at < 0 || (i > 0 && at === 0)) return false;
    rest = rest.slice(at + part.length);
  }
  return parts.length > 1 && parts.at(-1) === '' ? rest !== '' : rest === '';
}
