import { expect, test } from 'vitest';
import { Labels } from './labels.ts';

test('is sorted, unique and printed canonically', () => {
  const labels = Labels.from([
    ['b', '2'],
    ['a', 'x"y\\'],
    ['b', '3'],
  ]);
  expect(labels.key).toBe('{a="x\\"y\\\\", b="3"}');
  expect(labels.get('b')).toBe('3');
  expect(labels.get('c')).toBeUndefined();
  expect(Labels.empty.key).toBe('{}');
});

test('pick and omit leave absent names absent', () => {
  const labels = Labels.fromRecord({ a: '1', b: '2', c: '3' });
  expect(labels.pick(['c', 'z', 'a']).key).toBe('{a="1", c="3"}');
  expect(labels.omit(['b', 'z']).key).toBe('{a="1", c="3"}');
});

test('orders by name, then value, a prefix first', () => {
  const sets = [{ a: '1', b: '1' }, { a: '1' }, { b: '0' }, { a: '0', z: '1' }, {}].map((record) =>
    Labels.fromRecord(record),
  );
  expect([...sets].sort(Labels.compare).map(String)).toEqual([
    '{}',
    '{a="0", z="1"}',
    '{a="1"}',
    '{a="1", b="1"}',
    '{b="0"}',
  ]);
});
