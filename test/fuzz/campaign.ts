import { parseQuery } from '../../grammar/parse.ts';
import { engineAnswer, oracleAnswer } from './answer.ts';
import { difference } from './compare-answers.ts';
import { Dice } from './dice.ts';
import { someFeatures } from './features.ts';
import { checkRelation, type FuzzCase, ORACLE } from './fuzz-case.ts';
import { type FuzzData, generateData, oracleStreams } from './fuzz-data.ts';
import { type FuzzQuery, generateQuery } from './fuzz-query.ts';
import { FuzzStore, type State, STATES } from './fuzz-store.ts';
import { productionsOf } from './productions.ts';
import { RELATIONS } from './relations.ts';

export interface Finding {
  readonly fuzzCase: FuzzCase;
  readonly difference: string;
}

/** What was run so far. */
export class CampaignReport {
  dataSets = 0;
  queries = 0;
  /** Answers of the engine that were compared. */
  checks = 0;
  /** Queries whose answer was an error, and those whose answer was empty. */
  failed = 0;
  empty = 0;
  /** Queries that did not parse. */
  refused = 0;
  readonly productions = new Set<string>();
  readonly findings: Finding[] = [];
}

const FINDINGS_MAX = 5;
const BATCH_ROWS = [2, 17, 8_192];

/** Runs `count` queries on the data set of the seed: each in every state against the oracle, and one relation. */
export async function runDataSet(seed: number, count: number, report: CampaignReport): Promise<void> {
  const dice = new Dice(seed);
  const data = generateData(dice);
  const features = someFeatures(dice);
  const batchRows = dice.pick(BATCH_ROWS);
  const stores = await Promise.all(
    STATES.map(async (state) => [state, await FuzzStore.open(data.entries, state, batchRows)] as const),
  );
  report.dataSets++;
  for (let i = 0; i < count && report.findings.length < FINDINGS_MAX; i++) {
    const query = generateQuery(dice, features, data);
    report.queries++;
    if (!isValid(query, report)) continue;
    await checkQuery({ dice, data, query, stores: new Map(stores), batchRows }, report);
  }
  for (const [, store] of stores) await store.close();
}

interface Round {
  readonly dice: Dice;
  readonly data: FuzzData;
  readonly query: FuzzQuery;
  readonly stores: ReadonlyMap<State, FuzzStore>;
  readonly batchRows: number;
}

async function checkQuery({ dice, data, query, stores, batchRows }: Round, report: CampaignReport): Promise<void> {
  const expected = oracleAnswer(oracleStreams(data.entries), query);
  if (expected.kind === 'Error') report.failed++;
  else if ((expected.kind === 'Rows' ? expected.rows : expected.series).length === 0) report.empty++;
  const chosen = dice.pick(STATES);
  const relation = dice.pick(RELATIONS).name;
  const found = (state: State, name: string, text: string | null): void => {
    report.checks++;
    if (text === null) return;
    const fuzzCase = { relation: name, query, state, batchRows, entries: data.entries };
    report.findings.push({ fuzzCase, difference: text });
  };
  for (const [state, store] of stores) {
    const answer = await engineAnswer(store, query);
    const wrong = difference(answer, expected);
    found(state, ORACLE, wrong);
    if (wrong !== null) return;
    if (state === chosen) found(state, relation, await checkRelation(relation, store, query, answer));
  }
}

/**
 * Whether the query parses. Few do not: the generator writes text, and some stages swallow the operator behind them
 * (`| keep a != "b"`).
 */
function isValid({ text }: FuzzQuery, report: CampaignReport): boolean {
  try {
    for (const production of productionsOf(parseQuery(text))) report.productions.add(production);
    return true;
  } catch {
    report.refused++;
    return false;
  }
}
