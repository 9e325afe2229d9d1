import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_GROUPS } from './group-list.ts';
import { sortSamples } from './sample-windows.ts';

const GROUPS = 3;

test('samples are in the order of group, time, arrival', () => {
  const timestamp = fc.oneof(
    fc.bigInt({ min: -5n, max: 5n }),
    fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 2n ** 32n, 2n ** 31n, -(2n ** 32n)),
  );
  const sample = fc.record({ group: fc.nat(GROUPS - 1), timestamp, rank: fc.nat(2) });
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 30 }), (samples) => {
      const sorted = sortSamples(
        {
          kind: 'Samples',
          groups: NO_GROUPS,
          count: samples.length,
          group: Uint32Array.from(samples, ({ group }) => group),
          timestamp: BigInt64Array.from(samples, (row) => row.timestamp),
          rank: Uint32Array.from(samples, ({ rank }) => rank),
          value: Float64Array.from(samples, (_, i) => i),
        },
        GROUPS,
      );
      const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
      const expected = samples
        .map((row, i) => ({ ...row, i }))
        .sort((a, b) => a.group - b.group || compare(a.timestamp, b.timestamp) || a.rank - b.rank || a.i - b.i);
      expect([...sorted.values]).toEqual(expected.map(({ i }) => i));
      expect([...sorted.timestamps]).toEqual(expected.map((row) => row.timestamp));
      expect([...sorted.starts]).toEqual(
        Array.from({ length: GROUPS + 1 }, (_, g) => samples.filter(({ group }) => group < g).length),
      );
    }),
  );
});
