import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { buildPhysicalPlan } from './physical/build.ts';
import { printLogicalPlan } from './print/logical.ts';
import { printPhysicalPlan } from './print/physical.ts';
import { FROM_EPOCH, logicalPlan, optimizedPlan } from './testing/plans.ts';
import { FixedCatalog } from './testing/units.ts';

test('the plans in README.md are those of its query', async () => {
  const blocks = readFileSync(new URL('README.md', import.meta.url), 'utf8')
    .split('```')
    .map((block) => block.trim());
  const query = blocks.find((block) => block.startsWith('sum by (app)')) ?? '';
  const physical = await buildPhysicalPlan(optimizedPlan(query), new FixedCatalog([]), 'tenant');
  expect(blocks).toContain(printLogicalPlan(logicalPlan(query), FROM_EPOCH));
  expect(blocks).toContain(printLogicalPlan(optimizedPlan(query), FROM_EPOCH));
  expect(blocks).toContain(printPhysicalPlan(physical, FROM_EPOCH));
});
