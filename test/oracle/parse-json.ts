import type { JsonExtraction } from '../../grammar/ast.ts';
import { eachMember, JsonProblem, labelValue, nextToken, readValue, unescape, stringEnd } from './json-reader.ts';
import type { JsonValue } from './json-reader.ts';
import { toNestedName } from './label-name.ts';
import type { OracleRow } from './oracle-row.ts';
import { FOUND_ALL, type Outcome, type ParseScope } from './parse-scope.ts';

const JSON_ERROR = 'JSONParserErr';

/** `json` without expressions: every leaf of the object that the line is (facts 126 to 130). */
export function parseJson(row: OracleRow, scope: ParseScope): Outcome {
  if (scope.isDone(row)) return null;
  try {
    const outcome = readObject(row.line, [], row, scope);
    return outcome === FOUND_ALL ? null : outcome;
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    return scope.fail(row, JSON_ERROR, error.message);
  }
}

function readObject(text: string, path: readonly string[], row: OracleRow, scope: ParseScope): Outcome {
  let outcome: Outcome = null;
  eachMember(text, (key, value) => {
    outcome = readMember([...path, key], value, row, scope);
    return outcome === null ? null : 'stop';
  });
  return outcome;
}

function readMember(path: readonly string[], { kind, text }: JsonValue, row: OracleRow, scope: ParseScope): Outcome {
  if (kind === 'Null' || kind === 'Array') return null;
  const name = toNestedName(path);
  if (kind === 'Object') return scope.needsBelow(name) ? readObject(text, path, row, scope) : null;
  return scope.found(row, name, kind === 'String' ? labelValue(text) : text);
}

/** `json a="b.c"`: the values at the paths (facts 131 to 133). */
export function parseJsonPaths(row: OracleRow, extractions: readonly JsonExtraction[], scope: ParseScope): null {
  if (row.line === '') return null;
  if (!/^["{[]/.test(row.line)) return scope.fail(row, JSON_ERROR, null);
  const search = new PathSearch(extractions);
  try {
    search.value(row.line, 0, []);
  } catch (error) {
    if (error instanceof JsonProblem) scope.fail(row, JSON_ERROR, error.message);
    else if (error !== GIVE_UP) throw error;
  }
  for (const [{ label }, value] of search.found) row.set(row.parsedName(label), value);
  if (search.found.size < extractions.length) {
    for (const { label } of extractions) if (row.filterValue(label) === undefined) row.set(label, '');
  }
  return null;
}

/** The rest of the line is not read: everything is found, or it is not JSON where nobody asked for it. */
const GIVE_UP = new Error('give up');

/** Walks a text along the paths; the first value at a path counts. Values are in the order of the text. */
class PathSearch {
  readonly found = new Map<JsonExtraction, string>();
  readonly #extractions: readonly JsonExtraction[];

  constructor(extractions: readonly JsonExtraction[]) {
    this.#extractions = extractions;
  }

  /** Reads the value at `at`, whose path is `path`; returns the position after it. */
  value(text: string, at: number, path: readonly (string | number)[]): number {
    const asked = this.#extractions.filter((extraction) => same(extraction.path, path));
    const hasDeeper = this.#extractions.some(
      (extraction) => extraction.path.length > path.length && same(extraction.path.slice(0, path.length), path),
    );
    if (asked.length > 0) this.#take(asked, readValue(text, at));
    if (text[at] === '{' && hasDeeper) return this.#members(text, at + 1, path);
    if (text[at] === '[' && hasDeeper) return this.#items(text, at + 1, path);
    return orGiveUp(() => readValue(text, at)).end;
  }

  #take(asked: readonly JsonExtraction[], { kind, text }: JsonValue): void {
    const value = kind === 'Null' ? '' : kind === 'String' ? labelValue(text) : text;
    for (const extraction of asked) if (!this.found.has(extraction)) this.found.set(extraction, value);
    if (this.found.size === this.#extractions.length) throw GIVE_UP;
  }

  #members(text: string, from: number, path: readonly (string | number)[]): number {
    let at = tokenAt(text, from);
    while (text[at] === '"') {
      const close = stringEnd(text, at + 1);
      if (close < 0) throw GIVE_UP;
      const key = unescape(text.slice(at + 1, close));
      const colon = tokenAt(text, close + 1);
      if (text[colon] !== ':') throw GIVE_UP;
      // A key that cannot be read is on no path.
      at = this.value(text, tokenAt(text, colon + 1), [...path, key ?? -1]);
      at = afterComma(text, at);
    }
    if (text[at] !== '}') throw GIVE_UP;
    return at + 1;
  }

  #items(text: string, from: number, path: readonly (string | number)[]): number {
    let at = tokenAt(text, from);
    for (let index = 0; text[at] !== ']'; index++) at = afterComma(text, this.value(text, at, [...path, index]));
    return at + 1;
  }
}

function same(a: readonly (string | number)[], b: readonly (string | number)[]): boolean {
  return a.length === b.length && a.every((step, i) => step === b[i]);
}

function tokenAt(text: string, from: number): number {
  const at = nextToken(text, from);
  if (at < 0) throw GIVE_UP;
  return at;
}

function afterComma(text: string, from: number): number {
  const at = tokenAt(text, from);
  return text[at] === ',' ? tokenAt(text, at + 1) : at;
}

function orGiveUp<T>(read: () => T): T {
  try {
    return read();
  } catch {
    throw GIVE_UP;
  }
}
