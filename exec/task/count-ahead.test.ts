import { expect, test } from 'vitest';
import { parseQuery } from '../../grammar/parse.ts';
import { planQuery } from '../../planner/plan-query.ts';
import { streamGroups } from '../../planner/physical/stream-groups.ts';
import { must } from '../../src/common/assert.ts';
import { nodeRuntime } from '../../src/common/node-runtime.ts';
import { ChunkCatalog } from '../../storage/catalog/chunk-catalog.ts';
import { StorageCatalog } from '../../storage/catalog/storage-catalog.ts';
import { DAY_START } from '../../storage/chunk/testing/arbitrary-entries.ts';
import { buildCut, type PlainEntry } from '../../storage/chunk/testing/build-cut.ts';
import { writeCut } from '../../storage/chunk/write-cut.ts';
import { MemoryObjectStore } from '../../storage/objectstore/memory-object-store.ts';
import { COORDINATOR, countAhead } from './count-ahead.ts';
import { ControlledContext, createQueryControl } from './query-control.ts';

const { clock } = nodeRuntime;
const MINUTE = 60_000_000_000n;

/** 2,000 rows of ten minutes, in row groups of 100. */
const entries = Array.from({ length: 2000 }, (_, i): PlainEntry => ({
  labels: { app: i % 4 === 0 ? 'a' : 'b' },
  timestamp: DAY_START + 5n * MINUTE + (BigInt(i) * 10n * MINUTE) / 2000n + 1n,
  line: 'x'.repeat(i % 7),
  level: i % 3 === 0 ? 'error' : 'info',
}));

async function countedAhead(query: string, startNs: bigint, stepNs = MINUTE) {
  const store = new MemoryObjectStore();
  const chunks = await ChunkCatalog.open(store);
  const rowGroupLimits = { rowsMax: 100, lineBytesMax: 1 << 20, lineBytesTarget: 1 << 20 };
  chunks.add(await writeCut(store, buildCut(entries), { runtime: nodeRuntime, rowGroupLimits }));
  const catalog = new StorageCatalog(chunks, () => null, clock);
  const params = { startNs, endNs: startNs + 30n * MINUTE, stepNs, limit: 1, intervalNs: 0n } as const;
  const { physical } = await planQuery(
    parseQuery(query),
    { ...params, direction: 'forward', instant: false },
    { catalog, tenant: 'test', clock },
  );
  const { id, root, streams, units } = must(physical.fragments[0]);
  const context = new ControlledContext(createQueryControl(Infinity, 1 << 26), clock);
  const groups = streamGroups(root, streams);
  const ahead = countAhead({ id, root, streams, units, groups }, context, false);
  return { units, ahead };
}

async function rowsOf(ahead: NonNullable<ReturnType<typeof countAhead>>): Promise<number> {
  const partial = must(await ahead.partial());
  if (partial.kind !== 'Cells') throw new Error(`a count is not ${partial.kind}`);
  return must(partial.fields[0]).reduce((sum, count) => sum + count, 0);
}

test.each([
  ['of streams', 'sum by (app) (count_over_time({app=~".+"}[1m]))', 2000],
  ['of levels', 'sum by (detected_level) (count_over_time({app=~".+"}[2m]))', 2000],
  ['of one level', 'sum(count_over_time({app=~".+"} | detected_level="error" [1m]))', 667],
])('everything is counted where windows are whole minutes: %s', async (_, query, expected) => {
  const { units, ahead } = await countedAhead(query, DAY_START);
  expect(units.length).toBeGreaterThan(15);
  expect(ahead?.left).toEqual([]);
  expect(ahead?.report).toMatchObject({ worker: COORDINATOR, tasks: units.length, counters: { rowsPassed: expected } });
  expect(await rowsOf(must(ahead))).toBe(expected);
});

test('row groups with a border of a window within one of their minutes are left to workers', async () => {
  // Windows begin and end 30 seconds after a minute, and are 20 minutes apart.
  const query = 'sum(count_over_time({app=~".+"}[20m]))';
  const { units, ahead } = await countedAhead(query, DAY_START + 10n * MINUTE + MINUTE / 2n, 20n * MINUTE);
  const left = must(ahead).left.length;
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(units.length);
  const leftRows = must(ahead).left.reduce((sum, { rowCount }) => sum + rowCount, 0);
  expect(await rowsOf(must(ahead))).toBe(2000 - leftRows);
});

test('what is no count of rows is left alone', async () => {
  expect((await countedAhead('sum(count_over_time({app=~".+"} |= "x" [1m]))', DAY_START)).ahead).toBeNull();
  expect((await countedAhead('sum(count_over_time({app=~".+"}[30s]))', DAY_START)).ahead).toBeNull();
});
