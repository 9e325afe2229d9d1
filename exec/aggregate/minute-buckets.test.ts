import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketGrid, bucketOf } from './bucket-grid.ts';
import { IN_NO_WINDOW, MinuteBuckets, MUST_READ } from './minute-buckets.ts';

const SECOND = 1_000_000_000n;
const seconds = (min: number, max: number) => fc.integer({ min, max }).map((count) => BigInt(count) * SECOND);

test('every instant of a minute is in the bucket that the minute has', () => {
  fc.assert(
    fc.property(
      fc.record({ start: seconds(0, 3600), step: seconds(1, 400), range: seconds(1, 900), offset: seconds(-90, 90) }),
      fc.nat(20),
      fc.integer({ min: 0, max: 80 }),
      fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1 }),
      ({ start, step, range, offset }, steps, minute, milliseconds) => {
        const grid = { startNs: start, endNs: start + step * BigInt(steps), stepNs: step };
        const buckets = bucketGrid(grid, range, offset);
        const scan = { start: start - offset - range + 1n, end: grid.endNs - offset + 1n };
        const bucket = new MinuteBuckets(buckets, range, scan).of(minute);
        if (bucket === MUST_READ) return;
        for (const ms of [...milliseconds, 60_000]) {
          const at = BigInt(minute - 1) * 60n * SECOND + BigInt(ms) * 1_000_000n;
          expect(at >= scan.start && at < scan.end ? bucketOf(buckets, at) : IN_NO_WINDOW).toBe(bucket);
        }
      },
    ),
    {
      examples: [
        [{ start: 2625n * SECOND, step: 3n * SECOND, range: 143n * SECOND, offset: -16n * SECOND }, 0, 43, [1, 49_001]],
      ],
    },
  );
});

test('windows on minutes need no reading', () => {
  const minute = 60n * SECOND;
  const grid = bucketGrid({ startNs: 10n * minute, endNs: 20n * minute, stepNs: minute }, minute, 0n);
  const minutes = new MinuteBuckets(grid, minute, { start: 9n * minute + 1n, end: 20n * minute + 1n });
  expect([9, 10, 11, 20, 21].map((end) => minutes.of(end))).toEqual([IN_NO_WINDOW, 0, 1, 10, IN_NO_WINDOW]);
});
