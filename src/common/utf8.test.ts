import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareUtf8 } from './utf8.ts';

test('compareUtf8 orders as the encoded bytes do', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      expect(Math.sign(compareUtf8(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
  );
});
