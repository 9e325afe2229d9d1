import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdSet } from './id-set.ts';

test('has what was added, each once, in order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3000), { maxLength: 2000 }), fc.nat(100), (ids, idCount) => {
      const set = new IdSet(idCount);
      set.addAll(Uint32Array.from(ids));
      expect([...set.items()]).toEqual([...new Set(ids)]);
      expect(set.size).toBe(new Set(ids).size);
      for (const id of [0, 7, 5000, ...ids]) expect(set.has(id)).toBe(ids.includes(id));
    }),
  );
});
