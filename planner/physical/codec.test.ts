import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SkaldError } from '../../src/common/errors.ts';
import { logicalPlan, optimizedPlan } from '../testing/plans.ts';
import { anyQuery } from '../testing/queries.ts';
import { anyLabels, anyUnit, FixedCatalog, head, minuteCounts, rowGroup } from '../testing/units.ts';
import { buildPhysicalPlan } from './build.ts';
import { decodeFragment, decodeUnits, encodeFragment, encodeUnits } from './codec.ts';
import { FRAME_VERSION } from './frame.ts';
import type { ExchangeSink } from './plan.ts';

describe('fragments', () => {
  test('come back as they were', async () => {
    await fc.assert(
      fc.asyncProperty(anyQuery, fc.array(anyLabels), fc.boolean(), async (query, streams, optimized) => {
        const logical = optimized ? optimizedPlan(query) : logicalPlan(query);
        const { fragments } = await buildPhysicalPlan(logical, new FixedCatalog([]), 'tenant');
        for (const { id, root } of fragments) {
          const decoded = decodeFragment(encodeFragment({ id, root, streams }));
          expect(decoded).toStrictEqual({ id, root, streams });
          expect(decoded.streams.map(String)).toEqual(streams.map(String));
        }
      }),
    );
  });

  test.each([NaN, Infinity, -Infinity, -0, 1e300, 5e-324])('keep the number %d', (value) => {
    const predicate = { kind: 'Number', name: 'n', op: '>', value } as const;
    const scan = { kind: 'ChunkScan', id: 0, matchers: [], range: { start: -5n, end: 2n ** 63n - 1n } } as const;
    const projection = { line: false, metadata: 'all' } as const;
    const root: ExchangeSink = {
      kind: 'ExchangeSink',
      id: 1,
      input: { ...scan, predicates: [{ kind: 'LabelFilter', predicate }], projection },
    };
    expect(decodeFragment(encodeFragment({ id: 0, root, streams: [] })).root).toStrictEqual(root);
  });
});

describe('units', () => {
  test('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(anyUnit, { maxLength: 4 }), fc.nat({ max: 7 }), (units, shift) => {
        // Received bytes may lie anywhere in a larger buffer.
        const encoded = encodeUnits(units);
        const buffer = new Uint8Array(encoded.length + shift);
        buffer.set(encoded, shift);
        expect(decodeUnits(buffer.subarray(shift))).toStrictEqual(units);
      }),
    );
  });

  test('counts of minutes lose the cells of other runs', () => {
    const all = minuteCounts(5, [
      [[1, 2, 3, 4]],
      [[5, 0, 7, 8]],
      [],
      [
        [9, 1, 2, 3],
        [0, 2, 5, 6],
      ],
    ]);
    const level = Uint8Array.from(all.level);
    const some = { ...all, level, firstCell: Uint32Array.of(0, 2, 2), endCell: Uint32Array.of(1, 2, 4) };
    const [unit] = decodeUnits(encodeUnits([{ ...rowGroup(0n, 1n), minutes: some }]));
    const expected = minuteCounts(5, [
      [[1, 2, 3, 4]],
      [],
      [
        [9, 1, 2, 3],
        [0, 2, 5, 6],
      ],
    ]);
    expect(unit).toMatchObject({ minutes: expected });
  });

  test('share what they shared', () => {
    const dictionary = Array.from({ length: 1000 }, (_, i) => `value ${i}`);
    const unit = rowGroup(0n, 1n);
    const units = Array.from({ length: 50 }, () => ({
      ...unit,
      columns: unit.columns.map((column) => ({ ...column, dictionary })),
    }));
    const encoded = encodeUnits(units);
    const alone = encodeUnits(units.slice(0, 1));
    expect(encoded.length).toBeLessThan(alone.length * 5);
    const [a, b] = decodeUnits(encoded);
    if (a.kind !== 'RowGroup' || b.kind !== 'RowGroup') throw new Error('row groups are expected');
    expect(a.columns[0].dictionary).toBe(b.columns[0].dictionary);
    expect(a.runs.stream).toBe(b.runs.stream);
  });

  test('arrays are views of the received bytes, aligned to 8', () => {
    const encoded = encodeUnits([rowGroup(0n, 1n), head(0n, 1n)]);
    const [unit] = decodeUnits(encoded);
    if (unit.kind !== 'RowGroup') throw new Error('a row group is expected');
    expect(unit.runs.stream.buffer).toBe(encoded.buffer);
    expect(unit.runs.stream.byteOffset % 8).toBe(0);
  });
});

describe('bytes that cannot be read', () => {
  const encoded = encodeUnits([rowGroup(0n, 1n), head(0n, 1n)]);

  test('another version', () => {
    const newer = encoded.slice();
    newer[8] = FRAME_VERSION + 1;
    expect(() => decodeUnits(newer)).toThrow(
      expect.objectContaining({
        code: 'unsupported_version',
        message: `Cannot decode a units frame of a query plan: its version is ${FRAME_VERSION + 1}, ${FRAME_VERSION} is expected`,
      }),
    );
  });

  test('a frame of the other kind', () => {
    expect(() => decodeFragment(encoded)).toThrow(
      'Cannot decode a fragment frame of a query plan: its kind is 2, 1 is expected',
    );
  });

  test('cut off at any byte', () => {
    for (let length = 0; length < encoded.length; length++) {
      expect(() => decodeUnits(encoded.subarray(0, length)), String(length)).toThrow(SkaldError);
    }
  });

  test('any byte flipped', () => {
    for (let i = 0; i < encoded.length; i++) {
      const damaged = encoded.slice();
      damaged[i] ^= 0x40;
      expect(() => decodeUnits(damaged), String(i)).toThrow(SkaldError);
    }
  });

  test('garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(() => decodeUnits(bytes)).toThrow(SkaldError);
        expect(() => decodeFragment(bytes)).toThrow(SkaldError);
      }),
    );
  });
});
