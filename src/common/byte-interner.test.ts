import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteInterner } from './byte-interner.ts';

test('numbers byte strings as a map of strings does, up to its limit', () => {
  const value = fc.oneof(
    fc.string({ maxLength: 4 }),
    fc.integer({ min: 0, max: 300 }).map((n) => `value-${n}`),
  );
  fc.assert(
    fc.property(fc.array(value, { maxLength: 600 }), fc.integer({ min: 1, max: 200 }), (values, limit) => {
      const interner = new ByteInterner(limit);
      const plain = new Map<string, number>();
      for (const text of values) {
        const bytes = Buffer.from(`<${text}>`);
        if (!plain.has(text) && plain.size < limit) plain.set(text, plain.size);
        expect(interner.intern(bytes, 1, bytes.length - 1)).toBe(plain.get(text) ?? -1);
      }
      expect(interner.count).toBe(plain.size);
      expect(interner.values()).toEqual([...plain.keys()]);
    }),
  );
});
