import type { LogfmtStage } from '../../grammar/ast.ts';
import { utf8Length } from '../../src/common/utf8.ts';
import { toLabelName } from './label-name.ts';
import type { OracleRow } from './oracle-row.ts';
import { REFUSED, type Outcome, type ParseScope } from './parse-scope.ts';

interface Pair {
  readonly key: string;
  readonly value: string;
}

/** A pair that is not valid, and where. */
interface Problem {
  readonly problem: string;
  readonly position: number;
}

/** `logfmt` (facts 134 to 138). */
export function parseLogfmt(row: OracleRow, stage: LogfmtStage, scope: ParseScope): Outcome {
  if (stage.extractions.length > 0) return parseExtractions(row, stage, scope);
  if (scope.isDone(row)) return null;
  for (const item of pairsOf(row.line)) {
    if ('problem' in item) {
      if (stage.strict) return fail(row, item, scope);
      continue;
    }
    if (item.value === '' && !stage.keepEmpty) continue;
    const outcome = scope.found(row, toLabelName(item.key), item.value.replaceAll('\ufffd', ' '));
    if (outcome !== null) return outcome === REFUSED ? REFUSED : null;
  }
  return null;
}

/** `logfmt a="key"`: the last value of each key, empty when there is none; a value with U+FFFD counts as empty. */
function parseExtractions(row: OracleRow, { strict, extractions }: LogfmtStage, scope: ParseScope): null {
  for (const { label } of extractions) if (!row.isTaken(label)) row.set(label, '');
  for (const item of pairsOf(row.line)) {
    if ('problem' in item) {
      if (strict) return fail(row, item, scope);
      continue;
    }
    const name = toLabelName(item.key);
    const wanted = extractions.find(({ expression }) => toLabelName(expression) === name);
    if (wanted === undefined) continue;
    row.set(row.parsedName(wanted.label), item.value.includes('\ufffd') ? '' : item.value);
  }
  return null;
}

function fail(row: OracleRow, { problem, position }: Problem, scope: ParseScope): null {
  return scope.fail(row, 'LogfmtParserErr', `logfmt syntax error at pos ${position} : ${problem}`);
}

const isSeparator = (char: string): boolean => char <= ' ';

/** The pairs of a line from left to right, and what is not one. */
function* pairsOf(line: string): Generator<Pair | Problem> {
  let at = 0;
  const problem = (text: string, position: number): Problem => ({
    problem: text,
    position: utf8Length(line.slice(0, position)) + 1,
  });
  const skipUntil = (stops: (char: string) => boolean): void => {
    while (at < line.length && !stops(line[at])) at++;
  };
  for (;;) {
    skipUntil((char) => !isSeparator(char));
    if (at >= line.length) return;
    const start = at;
    skipUntil((char) => isSeparator(char) || char === '=' || char === '"');
    const key = line.slice(start, at);
    let item: Pair | Problem = { key, value: '' };
    if (line[at] === '"' || (line[at] === '=' && key === '')) item = problem(`unexpected '${line[at]}'`, at);
    else if (key.includes('\ufffd')) item = problem('invalid key', at);
    else if (line[at] === '=') {
      const value = readValue(line, at + 1);
      at = value.end;
      item = value.problem === null ? { key, value: value.text } : problem(value.problem, at);
    }
    if ('problem' in item) skipUntil(isSeparator);
    yield item;
  }
}

/** The value that begins at `at`; `end` is behind it or where the problem is. */
function readValue(line: string, at: number): { text: string; end: number; problem: string | null } {
  if (line[at] !== '"') {
    let end = at;
    while (end < line.length && !isSeparator(line[end]) && line[end] !== '=' && line[end] !== '"') end++;
    const problem = end < line.length && !isSeparator(line[end]) ? `unexpected '${line[end]}'` : null;
    return { text: line.slice(at, end), end, problem };
  }
  const quoted = /^"((?:[^"\\]|\\[^])*)"/.exec(line.slice(at));
  if (quoted === null) return { text: '', end: line.length, problem: 'unterminated quoted value' };
  const end = at + quoted[0].length;
  const text = quoted[1].includes('\\') ? unquote(quoted[1]) : quoted[1];
  return text === null ? { text: '', end, problem: 'invalid quoted value' } : { text, end, problem: null };
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** JSON's escapes and `\'`; half a surrogate pair is U+FFFD. Null when an escape or a control character is invalid. */
function unquote(raw: string): string | null {
  let out = '';
  for (let i = 0; i < raw.length; i++) {
    if (raw[i] < ' ') return null;
    if (raw[i] !== '\\') {
      out += raw[i];
      continue;
    }
    const letter = raw[++i] ?? '';
    const hex = /^u([0-9a-fA-F]{4})/.exec(raw.slice(i));
    if (hex !== null) {
      out += String.fromCharCode(parseInt(hex[1], 16));
      i += 4;
    } else if ('"\\/\''.includes(letter) && letter !== '') out += letter;
    else if (Object.hasOwn(ESCAPES, letter)) out += ESCAPES[letter];
    else return null;
  }
  return out.toWellFormed();
}
