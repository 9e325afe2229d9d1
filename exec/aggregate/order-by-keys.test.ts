import fc from 'fast-check';
import { expect, test } from 'vitest';
import { orderByKeys } from './order-by-keys.ts';

test('as a stable sort with a comparison of all keys', () => {
  const key = fc.oneof(fc.nat(3), fc.constantFrom(0xffff, 0x10000, 0x1ffff, 0x80000000, 0xffffffff));
  const rows = fc.array(fc.tuple(key, key, key), { maxLength: 40 });
  fc.assert(
    fc.property(rows, fc.nat(3), (made, spare) => {
      const keys = [0, 1, 2].map((k) => Uint32Array.from([...made.map((row) => row[k]), ...new Array<number>(spare)]));
      const expected = made
        .map((row, i) => ({ row, i }))
        .sort((a, b) => a.row[0] - b.row[0] || a.row[1] - b.row[1] || a.row[2] - b.row[2]);
      expect([...orderByKeys(made.length, keys)]).toEqual(expected.map(({ i }) => i));
    }),
  );
});
