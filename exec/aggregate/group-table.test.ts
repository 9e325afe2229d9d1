import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Labels } from '../../src/common/labels.ts';
import { encodeUtf8 } from '../../src/common/utf8.ts';
import type { LabelReader } from '../batch/label-columns.ts';
import { testContext } from '../testing/contexts.ts';
import { groupLabels } from './group-list.ts';
import { GroupTable, type NamedReader } from './group-table.ts';

const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 120, maxLength: 300 }));
const sets = fc
  .array(fc.dictionary(fc.constantFrom('a', 'b', 'c'), text), { maxLength: 20 })
  .map((records) => records.map((record) => Labels.fromRecord(record)));

/** Numbers by text, as the table is to give them. */
function plainNumbers(labels: readonly Labels[]): number[] {
  const keys = [...new Set(labels.map(String))];
  return labels.map((set) => keys.indexOf(set.key));
}

test('numbers label sets in the order in which they come, and gives them back', () => {
  fc.assert(
    fc.property(sets, (labels) => {
      const table = new GroupTable(testContext().budget);
      expect(labels.map((set) => table.number(set))).toEqual(plainNumbers(labels));
      expect(table.labels().map(String)).toEqual([...new Set(labels.map(String))]);
      expect(table.size).toBe(table.labels().length);
    }),
  );
});

test('a list of another table gets the numbers that its label sets have here', () => {
  fc.assert(
    fc.property(sets, sets, (here, there) => {
      const [table, other] = [new GroupTable(testContext().budget), new GroupTable(testContext().budget)];
      for (const set of here) table.number(set);
      for (const set of there) other.number(set);
      const numbers = table.numbersOf(other.list());
      expect([...numbers]).toEqual(other.labels().map((set) => table.number(set)));
    }),
  );
});

test('a row is in the group of its labels', () => {
  fc.assert(
    fc.property(sets, (labels) => {
      const table = new GroupTable(testContext().budget);
      const named: NamedReader[] = ['a', 'b', 'c'].map((name) => ({ name, reader: readerOf(labels, name) }));
      const numbers = labels.map((_, row) => table.numberOfRow(named, row));
      expect(numbers).toEqual(plainNumbers(labels));
      expect(labels.map((set) => table.number(set))).toEqual(numbers);
    }),
  );
});

test('invalid UTF-8 is the replacement character, as it is in the answer', () => {
  const table = new GroupTable(testContext().budget);
  const heap = Uint8Array.of(0x61, 0xff, 0x61, 0xfe);
  const reader: LabelReader = {
    heap,
    start: 0,
    end: 0,
    at(row) {
      this.start = row * 2;
      this.end = row * 2 + 2;
      return true;
    },
  };
  const named = [{ name: 'a', reader }];
  expect([table.numberOfRow(named, 0), table.numberOfRow(named, 1)]).toEqual([0, 0]);
  expect(table.number(Labels.fromRecord({ a: 'a\ufffd' }))).toBe(0);
});

test('numbers begin after those that somebody else gave; release gives the memory back, and lists stay as they are', () => {
  const { budget } = testContext();
  const table = new GroupTable(budget, 7);
  expect(table.number(Labels.fromRecord({ a: 'x' }))).toBe(7);
  const list = table.list();
  table.number(Labels.fromRecord({ b: 'y' }));
  table.release();
  table.number(Labels.fromRecord({ c: 'z' }));
  expect(groupLabels(list).map(String)).toEqual(['{a="x"}']);
  table.release();
  expect(table.size).toBe(7);
});

function readerOf(labels: readonly Labels[], name: string): LabelReader {
  return {
    heap: new Uint8Array(0),
    start: 0,
    end: 0,
    at(row) {
      const value = labels[row].get(name);
      if (value === undefined) return false;
      this.heap = encodeUtf8(value);
      this.end = this.heap.length;
      return true;
    },
  };
}
