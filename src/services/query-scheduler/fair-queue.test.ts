import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FairQueue } from './fair-queue.ts';

const takeAll = (queue: FairQueue<string>): string[] => {
  const taken: string[] = [];
  for (let item = queue.take(); item !== undefined; item = queue.take()) taken.push(item);
  return taken;
};

test('tenants take turns', () => {
  const queue = new FairQueue<string>();
  for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) queue.add(item.slice(0, 1), item);
  expect([queue.length, queue.lengthOf('a'), queue.lengthOf('d')]).toEqual([6, 3, 0]);
  expect(queue.take()).toBe('a1');
  queue.add('d', 'd1');
  expect(takeAll(queue)).toEqual(['b1', 'c1', 'a2', 'd1', 'c2', 'a3']);
  expect([queue.length, queue.tenants()]).toEqual([0, []]);
});

test('who leaves is not served, and holds no turn', () => {
  const queue = new FairQueue<string>();
  for (const item of ['a1', 'b1', 'b2']) queue.add(item.slice(0, 1), item);
  queue.remove('a', 'a1');
  queue.remove('a', 'a1');
  queue.remove('b', 'b1');
  expect([queue.length, queue.tenants()]).toEqual([1, ['b']]);
  expect(takeAll(queue)).toEqual(['b2']);
});

test('no tenant is served twice while another one waits', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd')), (tenants) => {
      const queue = new FairQueue<string>();
      tenants.forEach((tenant, i) => queue.add(tenant, `${tenant}${i}`));
      const left = new Map<string, number>();
      for (const tenant of tenants) left.set(tenant, (left.get(tenant) ?? 0) + 1);
      const served = takeAll(queue).map((item) => item.slice(0, 1));
      expect([...served].sort()).toEqual([...tenants].sort());
      const rounds = new Map<string, number>();
      for (const tenant of served) {
        const round = (rounds.get(tenant) ?? 0) + 1;
        for (const [other, count] of left)
          expect(rounds.get(other) ?? 0).toBeGreaterThanOrEqual(Math.min(round - 1, count));
        rounds.set(tenant, round);
      }
    }),
  );
});
