import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Labels } from '../../src/common/labels.ts';
import { testContext } from '../testing/contexts.ts';
import { groupLabels } from './group-list.ts';
import { groupOrder } from './group-order.ts';
import { GroupTable } from './group-table.ts';

const value = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 4 }),
  fc.constant('same'),
);

function tableOf(sets: readonly Labels[]): GroupTable {
  const table = new GroupTable(testContext().budget);
  for (const set of sets) table.number(set);
  return table;
}

function expectOrdered(sets: readonly Labels[]): void {
  const list = tableOf(sets).list();
  const labels = groupLabels(list);
  const ordered = Array.from(groupOrder(list), (i) => labels[i]);
  expect(ordered.map(String)).toEqual([...labels].sort(Labels.compare).map(String));
}

test('is the order of the label sets', () => {
  const sets = fc.oneof(
    fc.array(fc.record({ a: value }), { maxLength: 30 }),
    fc.array(fc.record({ a: value, b: value, c: value }), { maxLength: 30 }),
    fc.array(fc.dictionary(fc.constantFrom('a', 'b', 'c'), value), { maxLength: 30 }),
  );
  fc.assert(fc.property(sets, (records) => expectOrdered(records.map((record) => Labels.fromRecord(record)))));
});

test('of many sets, whose first values share long beginnings or are short', () => {
  const users = Array.from({ length: 5000 }, (_, i) => Labels.fromRecord({ user: `u${(i * 7919) % 5000}` }));
  expectOrdered(users);
  const paths = users.map((set, i) =>
    Labels.fromRecord({ a: i % 2 === 0 ? 'same-prefix' : 'same-pre', b: set.get('user') ?? '' }),
  );
  expectOrdered(paths);
  expectOrdered(users.map((_, i) => Labels.fromRecord({ a: '\u0000'.repeat(i % 3), b: String(i) })));
});
