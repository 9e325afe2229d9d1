import { expect, test } from 'vitest';
import { printPruning } from './pruning.ts';

test('how many row groups are not read, and why', () => {
  const report = { rowGroups: 200, checked: 200, filtered: 190, prunedBy: [180, 0, 3], unreadable: 0, ms: 1.5 };
  const requires = [
    { kind: 'Line', anyOf: [['a"1']], ignoreCase: false },
    { kind: 'Line', anyOf: [['b'], ['c', 'd']], ignoreCase: true },
    { kind: 'Metadata', anyOf: [{ name: 'trace_id', value: 'x' }] },
  ] as const;
  expect(`\n${printPruning({ requires, report }).join('\n')}\n`).toMatchInlineSnapshot(`
    "
    pruned: 183 of 200 row groups by skip index (190 of 200 looked up have a filter), 1.50 ms
      180 without needle "a\\"1"
      3 without metadata trace_id="x"
    "
  `);
  expect(printPruning({ requires, report: { ...report, unreadable: 2 } })[0]).toContain(
    'skip tables of 2 chunks could not be read',
  );
});
