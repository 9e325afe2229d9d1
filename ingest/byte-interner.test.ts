import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteInterner } from './byte-interner.ts';

test('numbers strings like a Map', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 40 }), { maxLength: 300 }), (texts) => {
      const interner = new ByteInterner();
      const expected = new Map<string, number>();
      for (const text of texts) {
        if (!expected.has(text)) expected.set(text, expected.size);
        const bytes = Buffer.from(`<${text}>`);
        expect(interner.intern(bytes, 1, bytes.length - 1)).toBe(expected.get(text));
      }
      expect(interner.count).toBe(expected.size);
    }),
  );
});
