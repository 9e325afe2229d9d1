import type { Entry } from '../../storage/head/testing/entries.ts';
import { oracleStreams } from './fuzz-data.ts';
import { type Answer, engineAnswer, oracleAnswer } from './answer.ts';
import { difference } from './compare-answers.ts';
import type { FuzzQuery } from './fuzz-query.ts';
import { FuzzStore, type State } from './fuzz-store.ts';
import { RELATIONS } from './relations.ts';

/** The relation in which the oracle says what is right. */
export const ORACLE = 'oracle';

/** One check with all that it depends on. */
export interface FuzzCase {
  /** What was wrong, of a case that is kept. */
  readonly about?: string;
  /** `oracle`, or the name of a relation. */
  readonly relation: string;
  readonly query: FuzzQuery;
  readonly state: State;
  readonly batchRows: number;
  readonly rowGroupRows: number;
  readonly workers: number;
  readonly entries: readonly Entry[];
}

/** Runs a case on a store of its own: the difference, or null. */
export async function checkCase(fuzzCase: FuzzCase): Promise<string | null> {
  const { entries, query } = fuzzCase;
  const store = await FuzzStore.open(entries, fuzzCase);
  try {
    const answer = await engineAnswer(store, query);
    return fuzzCase.relation === ORACLE
      ? difference(answer, oracleAnswer(oracleStreams(entries), query))
      : await checkRelation(fuzzCase.relation, store, query, answer);
  } finally {
    await store.close();
  }
}

export async function checkRelation(
  name: string,
  store: FuzzStore,
  query: FuzzQuery,
  answer: Answer,
): Promise<string | null> {
  const relation = RELATIONS.find((candidate) => candidate.name === name);
  if (relation === undefined) throw new Error(`there is no relation "${name}"`);
  return await relation.check(store, query, answer);
}

const BIG = 'n';

/** 64-bit numbers are texts that end in `n`, in known places only: labels and lines may look the same. */
export function caseToJson(fuzzCase: FuzzCase): string {
  const { params } = fuzzCase.query;
  const plainParams = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === 'bigint' ? `${value}${BIG}` : value]),
  );
  const entries = fuzzCase.entries.map((entry) => ({ ...entry, timestamp: String(entry.timestamp) }));
  return `${JSON.stringify({ ...fuzzCase, query: { ...fuzzCase.query, params: plainParams }, entries }, null, 2)}\n`;
}

export function caseFromJson(text: string): FuzzCase {
  const plain = JSON.parse(text) as {
    query: { text: string; params: Record<string, unknown> };
    entries: (Omit<Entry, 'timestamp'> & { timestamp: string })[];
  };
  const params = Object.fromEntries(
    Object.entries(plain.query.params).map(([name, value]) => [
      name,
      typeof value === 'string' && value.endsWith(BIG) && name.endsWith('Ns') ? BigInt(value.slice(0, -1)) : value,
    ]),
  );
  const entries = plain.entries.map((entry) => ({ ...entry, timestamp: BigInt(entry.timestamp) }));
  return { rowGroupRows: 24, workers: 1, ...plain, query: { ...plain.query, params }, entries } as unknown as FuzzCase;
}
