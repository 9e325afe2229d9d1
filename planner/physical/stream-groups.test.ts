import fc from 'fast-check';
import { expect, test } from 'vitest';
import { must } from '../../src/common/assert.ts';
import { Labels } from '../../src/common/labels.ts';
import { optimizedPlan } from '../testing/plans.ts';
import { FixedCatalog } from '../testing/units.ts';
import { buildPhysicalPlan } from './build.ts';
import { decodeFragment, encodeFragment } from './codec.ts';
import type { ExchangeSink } from './plan.ts';
import { streamGroups } from './stream-groups.ts';

async function rootOf(query: string): Promise<ExchangeSink> {
  const { fragments } = await buildPhysicalPlan(optimizedPlan(query), new FixedCatalog([]), 'tenant');
  return must(fragments[0]).root;
}

/** All streams of the catalog have a label `app`, so no metadata can have the name. */
const BY_APP = 'sum by (app) (count_over_time({app=~".+"}[1m]))';

const value = fc.constantFrom('', 'a', 'b', 'c');
const stream = fc.dictionary(fc.constantFrom('app', 'pod', 'zone'), value).map((record) => Labels.fromRecord(record));

test('a stream is in the group that its labels name, and groups are in their order', async () => {
  const root = await rootOf(BY_APP);
  const { input } = root;
  fc.assert(
    fc.property(fc.array(stream), fc.subarray(['app', 'pod', 'zone']), (streams, names) => {
      const grouped = { ...root, input: { ...input, grouping: { without: false, names } } } as ExchangeSink;
      const { group, labels } = must(streamGroups(grouped, streams));
      expect(streams.map((_, i) => must(labels[must(group[i])]).key)).toEqual(
        streams.map((one) => one.pick(names).key),
      );
      const keys = new Map(labels.map((one) => [one.key, one]));
      expect(labels).toEqual([...keys.values()].sort(Labels.compare));
    }),
  );
});

test.each([
  'sum by (x) (count_over_time({app=~".+"}[1m]))',
  'sum without (pod) (count_over_time({app=~".+"}[1m]))',
  'sum by (app) (count_over_time({app=~".+"} | logfmt [1m]))',
  '{app=~".+"}',
])('rows of %s may tell their own', async (query) => {
  expect(streamGroups(await rootOf(query), [Labels.empty])).toBeNull();
});

test('groups travel without labels', async () => {
  const groups = { group: Uint32Array.of(1, 0, 1), count: 2 };
  const task = { id: 3, root: await rootOf(BY_APP), streams: [], groups };
  expect(decodeFragment(encodeFragment(task))).toEqual({
    ...task,
    streams: [Labels.empty, Labels.empty, Labels.empty],
  });
});

test('the same list of streams is grouped once by the same names', async () => {
  const streams = [Labels.fromRecord({ app: 'a' }), Labels.fromRecord({ app: 'b' })];
  const root = await rootOf(BY_APP);
  const groups = streamGroups(root, streams);
  expect(streamGroups(root, streams)).toBe(groups);
  expect(streamGroups(root, [...streams])).not.toBe(groups);
  const byPod = streamGroups(await rootOf(BY_APP.replace('by (app)', 'by ()')), streams);
  expect(byPod?.labels).toEqual([Labels.empty]);
});
