import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../../src/common/utf8.ts';
import { OwnedMemory } from '../../src/common/owned-memory.ts';
import { ByteArena } from './byte-arena.ts';
import { LabelColumn } from './label-column.ts';
import { ABSENT, DELETED } from './view-column.ts';

describe('LabelColumn', () => {
  test('gives what a plain map gives, in any order of writes, sparse or dense', () => {
    const write = fc.record({ row: fc.nat(999), value: fc.option(fc.string({ maxLength: 5 })) });
    fc.assert(
      fc.property(fc.array(write, { maxLength: 200 }), (writes) => {
        const arena = new ByteArena();
        const column = new LabelColumn('x', 1000, arena, new OwnedMemory());
        const plain = new Map<number, string | null>();
        for (const { row, value } of writes) {
          plain.set(row, value);
          if (value === null) {
            column.writeArena(row, 0, DELETED);
          } else {
            const bytes = encodeUtf8(value);
            column.writeSlice(row, bytes, 0, bytes.length);
          }
        }
        for (let row = 0; row < 1000; row++) {
          const value = plain.get(row);
          const expected = value === undefined ? ABSENT : value === null ? DELETED : encodeUtf8(value).length;
          expect(column.lengthAt(row)).toBe(expected);
        }
      }),
    );
  });

  test('stays sparse for few rows and turns dense for many', () => {
    const column = new LabelColumn('x', 1000, new ByteArena(), new OwnedMemory());
    for (let row = 0; row < 32; row++) column.writeArena(row, 0, row);
    expect(column.sparseCount).toBe(32);
    expect(column.sparseRows).not.toBeNull();
    column.writeArena(500, 0, 7);
    expect(column.sparseRows).toBeNull();
    expect(column.lengthAt(31)).toBe(31);
    expect(column.lengthAt(500)).toBe(7);
    expect(column.lengthAt(499)).toBe(ABSENT);
  });
});
