import { expect, test } from 'vitest';
import type { QueryResult } from '../../exec/result/query-result.ts';
import type { QueryParams } from '../../planner/logical/query-params.ts';
import { nodeRuntime } from '../../src/common/node-runtime.ts';
import { messageOf, SkaldError } from '../../src/common/errors.ts';
import { MemoryCache } from '../../src/services/query-frontend/results-cache/memory-cache.ts';
import { FrontendStore, TENANT } from '../../src/services/query-frontend/testing/frontend-store.ts';
import { temporaryDirectory } from '../support/server-process.ts';
import { isSame } from './compare-answers.ts';
import { Dice } from './dice.ts';
import { someFeatures } from './features.ts';
import { type FuzzData, generateData } from './fuzz-data.ts';
import { metricText } from './metric-text.ts';
import { logText } from './stage-text.ts';

const SEED = 20_260_115;
const DATA_SETS = 12;
const ROUNDS = 10;
const QUERIES = 8;

/** What the queries of a run met. */
const seen = { answers: 0, logs: 0, fromCache: 0, partly: 0, partlyLogs: 0, errors: 0 };

/** Grows a data set, in an order that has late entries, and asks a few queries over and over in ranges that overlap. */
async function runDataSet(seed: number): Promise<void> {
  const dice = new Dice(seed);
  const data = generateData(dice);
  const features = someFeatures(dice);
  const generator = { dice, has: (feature: Parameters<typeof features.has>[0]) => features.has(feature) };
  const queries = Array.from({ length: QUERIES }, (_, i) => ({
    text: i % 4 === 3 ? logText(generator) : metricText(generator),
    stepNs: dice.pick([5n, 30n, 60n, 97n]) * 1_000_000_000n,
  }));
  const { directory, remove } = await temporaryDirectory();
  const cache = new MemoryCache({ bytesMax: 1e8, itemsMax: 0, ttlMs: 1e9, clock: nodeRuntime.clock });
  const store = await FrontendStore.open({ directory, cache, limits: { max_query_series: 0 } });
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const size = Math.ceil(data.entries.length / ROUNDS);
      // Rounds without a push are the ones that the cache answers.
      if (dice.chance(0.4)) await store.push(data.entries.slice(round * size, (round + 1) * size));
      if (dice.chance(0.15)) await store.flush();
      for (const { text, stepNs } of queries) await compare(store, text, { ...someRange(dice, data), stepNs });
    }
  } finally {
    await store.close();
    await remove();
  }
}

function someRange(dice: Dice, { startNs }: FuzzData): QueryParams {
  const start = startNs + BigInt(dice.int(-60, 600)) * 1_000_000_000n;
  const endNs = start + BigInt(dice.int(0, 600)) * 1_000_000_000n;
  const direction = dice.pick(['forward', 'backward'] as const);
  return { startNs: start, endNs, stepNs: 1n, limit: dice.pick([3, 1000]), direction, intervalNs: 0n, instant: false };
}

async function compare(store: FrontendStore, query: string, params: QueryParams): Promise<void> {
  const signal = new AbortController().signal;
  const request = { tenant: TENANT, query, params, signal };
  const direct = await outcome(async () => (await store.querier.query(request)).result);
  const cached = await outcome(async () => {
    const answer = await store.frontend.query(request);
    seen.answers += 1;
    if (answer.planned === null && answer.runs === 0) seen.fromCache += 1;
    if (answer.runs > 0 && answer.cache.servedNs > 0n) {
      if (answer.result.kind === 'LogResult') seen.partlyLogs += 1;
      else seen.partly += 1;
    }
    return answer.result;
  });
  if (typeof direct === 'string') seen.errors += 1;
  expect(difference(cached, direct), `${query} ${String(params.startNs)} to ${String(params.endNs)}`).toBeNull();
}

async function outcome(ask: () => Promise<QueryResult>): Promise<QueryResult | string> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof SkaldError)) throw error;
    // Which of several rows with errors fails a query is not defined.
    return /^(pipeline error|found duplicate series|multiple matches)/.test(messageOf(error))
      ? 'an error in the data'
      : messageOf(error);
  }
}

function difference(actual: QueryResult | string, expected: QueryResult | string): string | null {
  if (typeof actual === 'string' || typeof expected === 'string') {
    return actual === expected ? null : `${textOf(actual)} instead of ${textOf(expected)}`;
  }
  if (expected.kind === 'LogResult') {
    seen.logs += 1;
    expect(actual.kind === 'LogResult' ? actual.rows : null).toEqual(expected.rows);
    return null;
  }
  if (actual.kind !== 'MetricResult') return 'not a metric';
  expect(actual.grid).toEqual(expected.grid);
  expect(actual.series.map(({ labels }) => labels.key)).toEqual(expected.series.map(({ labels }) => labels.key));
  for (const [i, { labels, values, present }] of expected.series.entries()) {
    const given = actual.series[i];
    for (let step = 0; step < present.length; step++) {
      if (given?.present[step] !== present[step]) return `${labels.key} at step ${step}: presence`;
      if (present[step] === 1 && !isSame(given.values[step] ?? NaN, values[step] ?? NaN)) {
        return `${labels.key} at step ${step} is ${given.values[step]}, should be ${values[step]}`;
      }
    }
  }
  return null;
}

function textOf(outcome: QueryResult | string): string {
  return typeof outcome === 'string' ? outcome : `an answer`;
}

test(`cached and partly cached answers are those of a run, seed ${SEED}`, { timeout: 300_000 }, async () => {
  for (let i = 0; i < DATA_SETS; i++) await runDataSet(SEED + i);
  expect(seen.answers).toBeGreaterThan(200);
  expect(seen.fromCache).toBeGreaterThan(seen.answers / 20);
  expect(seen.partly).toBeGreaterThan(seen.answers / 10);
  expect(seen.partlyLogs).toBeGreaterThan(0);
  expect(seen.logs).toBeGreaterThan(50);
  expect(seen.errors).toBeLessThan(seen.answers);
});
