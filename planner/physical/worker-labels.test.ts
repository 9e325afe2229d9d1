import { expect, test } from 'vitest';
import { must } from '../../src/common/assert.ts';
import { Labels } from '../../src/common/labels.ts';
import { optimizedPlan } from '../testing/plans.ts';
import { FixedCatalog } from '../testing/units.ts';
import { buildPhysicalPlan } from './build.ts';
import { keepsStreamLabels, labelsForWorkers } from './worker-labels.ts';

const STREAM = Labels.fromRecord({ app: 'api', detected_level: 'own', pod: '1' });

async function sent(query: string): Promise<string> {
  const { fragments } = await buildPhysicalPlan(optimizedPlan(query), new FixedCatalog([]), 'tenant');
  return must(labelsForWorkers(must(fragments[0]).root, [STREAM])[0]).key;
}

test.each([
  ['sum(count_over_time({app="api"}[1m]))', '{}'],
  ['sum by (pod, x) (rate({app="api"} |= "x" [1m]))', '{pod="1"}'],
  // Whether a stream has the label decides what metadata of the name is called.
  ['sum by (pod_extracted) (rate({app="api"}[1m]))', '{pod="1"}'],
  ['absent_over_time({app="api"}[1m])', '{}'],
])('%s needs %s', async (query, expected) => {
  expect(await sent(query)).toBe(expected);
});

test.each(['{app="api"}', '{app="api"} |= "x" !~ "y"'])(
  '%s: rows keep the labels, workers need the names',
  async (query) => {
    const { fragments } = await buildPhysicalPlan(optimizedPlan(query), new FixedCatalog([]), 'tenant');
    const { root } = must(fragments[0]);
    expect(keepsStreamLabels(root)).toBe(true);
    const other = Labels.fromRecord({ app: 'api' });
    const [first, second, third] = labelsForWorkers(root, [STREAM, other, STREAM]);
    expect([first?.key, second?.key]).toEqual(['{app="", detected_level="", pod=""}', '{app=""}']);
    expect(third).toBe(first);
  },
);

test.each([
  'count_over_time({app="api"}[1m])',
  'sum without (pod) (count_over_time({app="api"}[1m]))',
  'sum by (pod) (count_over_time({app="api"} | x="y" [1m]))',
  'sum by (pod) (count_over_time({app="api"} | logfmt [1m]))',
  'sum by (pod) (sum_over_time({app="api"} | unwrap v [1m]))',
  '{app="api"} | x="y"',
  '{app="api"} | logfmt',
  '{app="api"} | drop pod',
])('%s may show all labels', async (query) => {
  expect(await sent(query)).toBe(STREAM.key);
});
