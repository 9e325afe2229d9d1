import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteInterner } from '../../src/common/byte-interner.ts';
import { ValueInterner } from './value-interner.ts';

const byte = fc.oneof(fc.constantFrom(0, 1, 0x30, 0x31, 0xff), fc.nat(255));
const value = fc.array(byte, { maxLength: 10 }).map((bytes) => Uint8Array.from(bytes));

test('numbers values as a ByteInterner does', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 400 }), (values) => {
      const [plain, interner] = [new ByteInterner(), new ValueInterner()];
      for (const bytes of values) {
        expect(interner.intern(bytes, 0, bytes.length)).toBe(plain.intern(bytes, 0, bytes.length));
      }
    }),
  );
});

test('values that differ only in zero bytes at their end are different', () => {
  const interner = new ValueInterner();
  const numbers = [1, 2, 3, 4, 2, 1].map((length) => interner.intern(Uint8Array.of(0x41, 0, 0, 0), 0, length));
  expect(numbers).toEqual([0, 1, 2, 3, 1, 0]);
});
