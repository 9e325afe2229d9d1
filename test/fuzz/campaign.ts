import { engineAnswer, oracleAnswer } from './answer.ts';
import { difference } from './compare-answers.ts';
import { Dice } from './dice.ts';
import { someFeatures } from './features.ts';
import { checkRelation, type FuzzCase, ORACLE } from './fuzz-case.ts';
import { type FuzzData, generateData, oracleStreams } from './fuzz-data.ts';
import { type FuzzQuery, generateQuery } from './fuzz-query.ts';
import { FuzzStore, type State, STATES, type StoreShape } from './fuzz-store.ts';
import { parsed } from './parsed.ts';
import { productionsOf } from './productions.ts';
import { RELATIONS } from './relations.ts';
import { shapesOf } from './shapes.ts';

export interface Finding {
  readonly fuzzCase: FuzzCase;
  readonly difference: string;
}

/** What was run so far. Plain data: reports of threads add up. */
export interface CampaignReport {
  dataSets: number;
  queries: number;
  /** Answers of the engine that were compared. */
  checks: number;
  /** Queries whose answer was an error, and those whose answer was empty. */
  failed: number;
  empty: number;
  /** Queries that did not parse. */
  refused: number;
  /** Of the grammar, and of the tree: what the queries were made of. */
  readonly productions: Set<string>;
  readonly shapes: Set<string>;
  readonly findings: Finding[];
}

export function emptyReport(): CampaignReport {
  return {
    dataSets: 0,
    queries: 0,
    checks: 0,
    failed: 0,
    empty: 0,
    refused: 0,
    productions: new Set(),
    shapes: new Set(),
    findings: [],
  };
}

export function addReport(total: CampaignReport, part: CampaignReport): void {
  for (const name of ['dataSets', 'queries', 'checks', 'failed', 'empty', 'refused'] as const) {
    total[name] += part[name];
  }
  for (const production of part.productions) total.productions.add(production);
  for (const shape of part.shapes) total.shapes.add(shape);
  total.findings.push(...part.findings);
}

const FINDINGS_MAX = 5;
/** Queries between two choices of features. */
const QUERIES_PER_SWARM = 50;

/** Runs `count` queries on the data set of the seed: each in two of the states against the oracle, and one relation. */
export async function runDataSet(seed: number, count: number, report: CampaignReport): Promise<void> {
  const dice = new Dice(seed);
  const data = generateData(dice);
  const shapes = storeShapes(dice);
  const stores = await Promise.all(
    shapes.map(async (shape) => ({ shape, store: await FuzzStore.open(data.entries, shape) })),
  );
  let features = someFeatures(dice);
  report.dataSets++;
  for (let i = 0; i < count && report.findings.length < FINDINGS_MAX; i++) {
    if (i % QUERIES_PER_SWARM === QUERIES_PER_SWARM - 1) features = someFeatures(dice);
    const query = generateQuery(dice, features, data);
    report.queries++;
    if (isValid(query, report)) await checkQuery({ dice, data, query, stores }, report);
  }
  for (const { store } of stores) await store.close();
}

const SMALL_BATCHES = [1, 4, 9, 9, 16, 16];
const ROW_GROUP_ROWS = [16, 40, 40, 80, 80, 300];

/**
 * A shape for each state. What is wrong at the borders of batches and row groups shows in small data if they are small;
 * but only one state has small batches, and few have tiny ones, since they are slow.
 */
function storeShapes(dice: Dice): StoreShape[] {
  const small = dice.pick(STATES);
  return STATES.map((state) => ({
    state,
    batchRows: state === small ? dice.pick(SMALL_BATCHES) : dice.pick([50, 8_192]),
    rowGroupRows: dice.pick(ROW_GROUP_ROWS),
    workers: dice.pick([1, 1, 1, 2, 3]),
  }));
}

interface Round {
  readonly dice: Dice;
  readonly data: FuzzData;
  readonly query: FuzzQuery;
  readonly stores: readonly { readonly shape: StoreShape; readonly store: FuzzStore }[];
}

async function checkQuery({ dice, data, query, stores }: Round, report: CampaignReport): Promise<void> {
  const expected = oracleAnswer(oracleStreams(data.entries), query);
  if (expected.kind === 'Error') report.failed++;
  else if ((expected.kind === 'Rows' ? expected.rows : expected.series).length === 0) report.empty++;
  const states = dice.some(STATES, 2, 2);
  const chosen: State = dice.pick(states);
  const relation = dice.pick(RELATIONS).name;
  const found = (shape: StoreShape, name: string, text: string | null): void => {
    report.checks++;
    if (text === null) return;
    const fuzzCase = { relation: name, query, ...shape, entries: data.entries };
    report.findings.push({ fuzzCase, difference: text });
  };
  for (const { shape, store } of stores) {
    if (!states.includes(shape.state)) continue;
    const answer = await engineAnswer(store, query);
    const wrong = difference(answer, expected);
    found(shape, ORACLE, wrong);
    if (wrong !== null) return;
    if (shape.state === chosen) found(shape, relation, await checkRelation(relation, store, query, answer));
  }
}

/**
 * Whether the query parses. Few do not: the generator writes text, and some stages swallow the operator behind them
 * (`| keep a != "b"`).
 */
function isValid(query: FuzzQuery, report: CampaignReport): boolean {
  try {
    for (const shape of shapesOf(parsed(query))) report.shapes.add(shape);
  } catch {
    report.refused++;
    return false;
  }
  for (const production of productionsOf(query.text)) report.productions.add(production);
  return true;
}
