import type { Entry } from '../../storage/head/testing/entries.ts';
import { checkCase, type FuzzCase } from './fuzz-case.ts';
import { smallerQueries } from './smaller-queries.ts';

/** Checks that one shrinking may run. */
const CHECKS_MAX = 1_500;

/** A smaller case with a difference of its own, which need not be the same one. */
export async function shrink(start: FuzzCase): Promise<FuzzCase> {
  let checks = 0;
  let current = start;
  const stillFails = async (candidate: FuzzCase): Promise<boolean> => {
    if (checks++ >= CHECKS_MAX) return false;
    try {
      return (await checkCase(candidate)) !== null;
    } catch {
      return false;
    }
  };
  const take = async (candidates: Iterable<FuzzCase>): Promise<boolean> => {
    for (const candidate of candidates) {
      if (!(await stillFails(candidate))) continue;
      current = candidate;
      return true;
    }
    return false;
  };
  for (let progress = true; progress && checks < CHECKS_MAX;) {
    progress = false;
    for (const smaller of [fewerEntries, smallerQuery, simplerParams, plainerEntries]) {
      while (await take(smaller(current))) progress = true;
    }
  }
  return current;
}

/** Without a half, a quarter, ... one of the entries. */
function* fewerEntries(fuzzCase: FuzzCase): Generator<FuzzCase> {
  const { entries } = fuzzCase;
  for (let size = Math.ceil(entries.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < entries.length; at += size) {
      yield { ...fuzzCase, entries: [...entries.slice(0, at), ...entries.slice(at + size)] };
    }
  }
}

function* smallerQuery(fuzzCase: FuzzCase): Generator<FuzzCase> {
  for (const text of smallerQueries(fuzzCase.query.text)) yield { ...fuzzCase, query: { ...fuzzCase.query, text } };
}

function* simplerParams(fuzzCase: FuzzCase): Generator<FuzzCase> {
  const { query } = fuzzCase;
  const { params } = query;
  const simpler = [
    { intervalNs: 0n },
    { splitNs: 0n },
    { limit: 10_000 },
    { direction: 'forward' },
    { endNs: params.startNs },
    { startNs: params.startNs + params.stepNs },
  ] as const;
  for (const change of simpler) {
    const changed = { ...params, ...change };
    const isSame = Object.keys(change).every((name) => Reflect.get(params, name) === Reflect.get(changed, name));
    const isValid = changed.startNs <= changed.endNs;
    if (!isSame && isValid) yield { ...fuzzCase, query: { ...query, params: changed } };
  }
  if (fuzzCase.workers !== 1) yield { ...fuzzCase, workers: 1 };
  if (fuzzCase.rowGroupRows !== 8_192) yield { ...fuzzCase, rowGroupRows: 8_192 };
  if (fuzzCase.batchRows !== 8_192) yield { ...fuzzCase, batchRows: 8_192 };
  if (fuzzCase.state !== 'head') yield { ...fuzzCase, state: 'head' };
}

function* plainerEntries(fuzzCase: FuzzCase): Generator<FuzzCase> {
  for (const [i, entry] of fuzzCase.entries.entries()) {
    for (const plainer of plainerOf(entry)) yield { ...fuzzCase, entries: fuzzCase.entries.with(i, plainer) };
  }
}

function* plainerOf(entry: Entry): Generator<Entry> {
  const { level, ...rest } = entry;
  if (level !== undefined) yield rest;
  for (const part of ['labels', 'metadata'] as const) {
    for (const name of Object.keys(entry[part] ?? {})) {
      if (name === 'app') continue;
      const left = Object.fromEntries(Object.entries(entry[part] ?? {}).filter(([other]) => other !== name));
      yield { ...entry, [part]: left };
    }
  }
  const pieces = entry.line.match(/[^ ,]+[ ,]*/g) ?? [];
  for (let i = 0; pieces.length > 1 && i < pieces.length; i++)
    yield { ...entry, line: pieces.toSpliced(i, 1).join('') };
}
