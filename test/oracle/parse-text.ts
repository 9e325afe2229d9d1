import type { PatternStage, RegexpStage } from '../../grammar/ast.ts';
import { re2 } from './compile-once.ts';
import { BAD_ESCAPE, eachMember, JsonProblem, labelValue, unescape } from './json-reader.ts';
import { toLabelName } from './label-name.ts';
import type { OracleRow } from './oracle-row.ts';
import { REFUSED, type Outcome, type ParseScope } from './parse-scope.ts';

/** `regexp`: named groups of the first match (fact 139). Hints never stop it (fact 46). */
export function parseRegexp(row: OracleRow, { pattern }: RegexpStage, scope: ParseScope): Outcome {
  const regexp = re2(pattern);
  const matcher = regexp.matcher(row.line);
  if (!matcher.find()) return null;
  const groups = Object.entries(regexp.namedGroups()).sort(([, a], [, b]) => a - b);
  for (const [name, index] of groups) {
    if (scope.found(row, toLabelName(name), matcher.group(index) ?? '') === REFUSED) return REFUSED;
  }
  return null;
}

/** `pattern`: text between literals (fact 140). */
export function parsePattern(row: OracleRow, { parts }: PatternStage, scope: ParseScope): Outcome {
  const { line } = row;
  if (line === '' || scope.isDone(row)) return null;
  let at = 0;
  for (const [i, part] of parts.entries()) {
    if (part.kind === 'Literal') {
      if (i === 0 && !line.startsWith(part.text)) return null;
      at += part.text.length;
      continue;
    }
    const after = parts[i + 1];
    const found = after?.kind === 'Literal' ? line.indexOf(after.text, at) : -1;
    const end = found < 0 ? line.length : found;
    const outcome = part.name === null ? null : scope.found(row, part.name, line.slice(at, end));
    if (outcome === REFUSED) return REFUSED;
    if (outcome !== null || found < 0) return null;
    at = end;
  }
  return null;
}

/** The packed line: one that cannot be unescaped is an error, unlike a label's value. */
function entryText(raw: string): string {
  if (unescape(raw) === null) throw new JsonProblem(BAD_ESCAPE);
  return labelValue(raw);
}

/** `unpack`: string members become labels and `_entry` the line (fact 142). */
export function parseUnpack(row: OracleRow, scope: ParseScope): Outcome {
  if (row.line === '') return null;
  if (!row.line.startsWith('{')) {
    return scope.fail(row, 'JSONParserErr', 'expecting json object(6), but it is not');
  }
  const members: [string, string][] = [];
  let entry: string | null = null;
  try {
    eachMember(row.line, (key, { kind, text }) => {
      if (kind !== 'String') return null;
      if (key === '_entry') entry = entryText(text);
      else members.push([toLabelName(key), labelValue(text)]);
      return null;
    });
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    return scope.fail(row, 'JSONParserErr', error.message);
  }
  if (entry === null) return null;
  row.line = entry;
  for (const [name, value] of members) if (scope.found(row, name, value) === REFUSED) return REFUSED;
  return null;
}
