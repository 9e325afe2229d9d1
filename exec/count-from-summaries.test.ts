import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseQuery } from '../grammar/parse.ts';
import type { QueryParams } from '../planner/logical/query-params.ts';
import { planQuery } from '../planner/plan-query.ts';
import { nodeRuntime } from '../src/common/node-runtime.ts';
import { ChunkCatalog } from '../storage/catalog/chunk-catalog.ts';
import { StorageCatalog } from '../storage/catalog/storage-catalog.ts';
import { buildCut, type PlainEntry } from '../storage/chunk/testing/build-cut.ts';
import { writeCut } from '../storage/chunk/write-cut.ts';
import { MemoryObjectStore } from '../storage/objectstore/memory-object-store.ts';
import { QueryEngine } from './engine.ts';
import type { MetricResult } from './result/query-result.ts';

const SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND;
/** A midnight, so that some entries are on the day before. */
const START = 1_768_435_200n * SECOND;
const TENANT = 'test';

const STREAMS = [{ app: 'a' }, { app: 'a', pod: '1' }, { app: 'b', detected_level: 'own' }, { app: 'b', pod: '2' }];
const QUERIES = [
  'sum(count_over_time(S))',
  'sum by (app) (rate(S))',
  'sum by (detected_level) (count_over_time(S))',
  'sum by (pod, detected_level) (bytes_over_time(S))',
  'sum by (pod, trace) (bytes_rate(S))',
  'sum without (pod) (count_over_time(S))',
  'sum by (detected_level_extracted) (count_over_time(S))',
  'count_over_time(S)',
  'absent_over_time(S)',
  'sum by (app) (count_over_time(S F))',
  'sum by (detected_level, pod) (bytes_over_time(S F))',
  'count_over_time(S F)',
  'count by (app) (bytes_over_time(S))',
];

const entry = fc.record({
  stream: fc.constantFrom(...STREAMS),
  // Many in a minute, some exactly on its end.
  minute: fc.integer({ min: -2, max: 8 }),
  withinNs: fc.oneof(fc.constantFrom(0n, 1n, MINUTE - 1n), fc.bigInt({ min: 0n, max: MINUTE - 1n })),
  length: fc.nat(20),
  level: fc.constantFrom('info', 'info', 'error', ''),
  isTraced: fc.integer({ min: 0, max: 15 }).map((value) => value === 0),
});

const entries = fc.array(entry, { minLength: 1, maxLength: 400, size: 'max' }).map((plain) =>
  plain.map(({ stream, minute, withinNs, length, level, isTraced }, i): PlainEntry => ({
    labels: stream,
    timestamp: START + BigInt(minute) * MINUTE + withinNs,
    line: `${i} ${'x'.repeat(length)}`,
    level,
    metadata: isTraced ? { trace: 't' } : {},
  })),
);

const FILTERS = [
  'detected_level="error"',
  'detected_level!="info"',
  'detected_level=~"own|info"',
  'detected_level="" or detected_level="error"',
  'detected_level!="" | detected_level!~"e.*"',
];

const seconds = (...choices: number[]) => fc.constantFrom(...choices.map((value) => BigInt(value) * SECOND));
const request = fc.record({
  query: fc.constantFrom(...QUERIES),
  filter: fc.constantFrom(...FILTERS),
  rangeNs: seconds(30, 60, 90, 120, 300),
  stepNs: seconds(0, 30, 60, 90, 120),
  offsetNs: seconds(0, 0, 30, 60),
  fromNs: seconds(0, 60, 75, 120),
});

async function storeOf(
  all: readonly PlainEntry[],
  rowsMax: number,
): Promise<{ catalog: StorageCatalog; store: MemoryObjectStore }> {
  const store = new MemoryObjectStore();
  const rowGroupLimits = { rowsMax, lineBytesMax: 1 << 20, lineBytesTarget: 1 << 20 };
  const chunks = await ChunkCatalog.open(store);
  chunks.add(await writeCut(store, buildCut(all, { tenant: TENANT }), { runtime: nodeRuntime, rowGroupLimits }));
  return { store, catalog: new StorageCatalog(chunks, () => null, nodeRuntime.clock) };
}

test('rows that are counted from minutes are those that would be read', async () => {
  let counted = 0;
  await fc.assert(
    fc.asyncProperty(
      entries,
      fc.array(request, { minLength: 4, maxLength: 6 }),
      fc.constantFrom(20, 100, 1000),
      async (all, requests, rowsMax) => {
        const { catalog, store } = await storeOf(all, rowsMax);
        const engine = new QueryEngine({
          workers: 0,
          unitSource: { store, headBlocks: new Map(), clock: nodeRuntime.clock },
          clock: nodeRuntime.clock,
        });
        for (const { query, filter, rangeNs, stepNs, offsetNs, fromNs } of requests) {
          const window = `[${rangeNs / SECOND}s] offset ${offsetNs / SECOND}s`;
          const text = query.replace('S F', `{app=~".+"} | ${filter} ${window}`).replace('S', `{app=~".+"}${window}`);
          const params: QueryParams = {
            startNs: START + fromNs,
            endNs: START + fromNs + 5n * MINUTE,
            stepNs,
            limit: 100,
            direction: 'forward',
            intervalNs: 0n,
            instant: stepNs === 0n,
          };
          const run = async (disabledRules: readonly string[]) => {
            const planned = await planQuery(parseQuery(text), params, {
              catalog,
              tenant: TENANT,
              clock: nodeRuntime.clock,
              disabledRules,
            });
            counted += planned.physical.fragments.reduce((sum, { minutes }) => sum + (minutes?.countedRows ?? 0), 0);
            const result = await engine.execute(planned.physical, {
              signal: new AbortController().signal,
              deadlineMs: 0,
              headBlocks: new Map(),
              maxSeries: 0,
              byteBudget: 1 << 28,
            });
            return (result as MetricResult).series;
          };
          for (const off of [[], ['PushDownProjection', 'PushDownGrouping']]) {
            expect(await run(off), text).toEqual(await run([...off, 'CountFromSummaries']));
          }
        }
      },
    ),
    { numRuns: 15, endOnFailure: true },
  );
  expect(counted).toBeGreaterThan(1000);
}, 60_000);
