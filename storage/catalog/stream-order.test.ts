import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Labels } from '../../src/common/labels.ts';
import { IdSet } from './id-set.ts';
import { StreamInterner } from './stream-interner.ts';
import { StreamOrder } from './stream-order.ts';

const anyLabels = fc
  .dictionary(fc.constantFrom('a', 'b', 'c'), fc.string({ maxLength: 2, unit: 'binary' }))
  .map(Labels.fromRecord);

test('selections of a growing list are in the order of the labels', () => {
  const rounds = fc.array(fc.tuple(fc.array(anyLabels, { maxLength: 30 }), fc.array(fc.nat(1000))), { minLength: 1 });
  fc.assert(
    fc.property(rounds, (steps) => {
      const labels: Labels[] = [];
      const keys = new Set<string>();
      const order = new StreamOrder(labels);
      for (const [added, wanted] of steps) {
        for (const one of added) {
          if (keys.has(one.key)) continue;
          keys.add(one.key);
          labels.push(one);
        }
        const ids = [...new Set(labels.length === 0 ? [] : wanted.map((n) => n % labels.length))];
        const expected = [...ids].sort((a, b) => Labels.compare(labels[a] ?? Labels.empty, labels[b] ?? Labels.empty));
        expect([...order.sorted(Uint32Array.from(ids))]).toEqual(expected);
      }
    }),
  );
});

function setOf(ids: readonly number[]): IdSet {
  const set = new IdSet();
  for (const id of ids) set.add(id);
  return set;
}

test('the same many streams are numbered once', () => {
  const interner = new StreamInterner();
  const ids = Array.from({ length: 2000 }, (_, i) => interner.idOf(Labels.fromRecord({ pod: String(i) })));
  const all = interner.number(setOf(ids));
  expect(interner.number(setOf(ids.reverse()))).toBe(all);
  const others = interner.number(setOf(ids.slice(1)));
  expect(others.streams).toHaveLength(1999);
  expect(interner.number(setOf(ids))).toBe(all);
  for (let i = 2; i < 10; i++) interner.number(setOf(ids.slice(i)));
  const again = interner.number(setOf(ids));
  expect(again).not.toBe(all);
  expect(again).toEqual(all);
});
