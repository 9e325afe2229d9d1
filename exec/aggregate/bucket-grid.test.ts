import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stepCount } from '../../planner/ir/metric.ts';
import { BucketAssigner, bucketGrid, bucketOf } from './bucket-grid.ts';

const rowsOf = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, i) => i);

const gridArbitrary = fc
  .record({
    startNs: fc.bigInt({ min: -50n, max: 50n }),
    stepNs: fc.bigInt({ min: 0n, max: 20n }),
    points: fc.integer({ min: 1, max: 8 }),
    rangeNs: fc.bigInt({ min: 0n, max: 60n }),
    offsetNs: fc.bigInt({ min: -20n, max: 20n }),
  })
  .map(({ startNs, stepNs, points, rangeNs, offsetNs }) => ({
    grid: { startNs, stepNs, endNs: startNs + stepNs * BigInt(points - 1) },
    rangeNs,
    offsetNs,
  }));

describe('bucketGrid', () => {
  test('a window is exactly the timestamps in (t - offset - range, t - offset]', () => {
    fc.assert(
      fc.property(gridArbitrary, fc.bigInt({ min: -200n, max: 300n }), ({ grid, rangeNs, offsetNs }, timestamp) => {
        const buckets = bucketGrid(grid, rangeNs, offsetNs);
        const bucket = bucketOf(buckets, timestamp);
        for (let k = 0; k < stepCount(grid); k++) {
          const end = grid.startNs + BigInt(k) * grid.stepNs - offsetNs;
          const inWindow = timestamp > end - rangeNs && timestamp <= end;
          const first = k * buckets.stride;
          expect(bucket >= first && bucket < first + buckets.windowBuckets).toBe(inWindow);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('the last window ends with the last bucket', () => {
    fc.assert(
      fc.property(gridArbitrary, ({ grid, rangeNs, offsetNs }) => {
        const { windows, stride, windowBuckets, bucketCount } = bucketGrid(grid, rangeNs, offsetNs);
        if (bucketCount > 0) expect((windows - 1) * stride + windowBuckets).toBe(bucketCount);
      }),
    );
  });

  test('assign equals bucketOf, at nanosecond precision and for far timestamps', () => {
    const second = 1_000_000_000n;
    const base = 1_768_471_200n * second;
    fc.assert(
      fc.property(
        fc.record({
          stepNs: fc.constantFrom(1n, 15n * second, 60n * second, 3600n * second, 86_400n * 200n * second),
          rangeNs: fc.constantFrom(1n, 7n, 60n * second, 90n * second, 3600n * second, 86_400n * 30n * second),
          steps: fc.bigInt({ min: 0n, max: 40n }),
        }),
        fc.array(
          fc.oneof(
            fc.bigInt({ min: -5n, max: 5n }),
            fc.bigInt({ min: -3700n * second, max: 3700n * second }),
            fc.bigInt({ min: -(2n ** 59n), max: 2n ** 59n }),
            fc
              .tuple(fc.bigInt({ min: -50n, max: 50n }), fc.bigInt({ min: -1n, max: 1n }))
              .map(([k, d]) => k * 60n * second + d),
          ),
          { minLength: 1, maxLength: 30 },
        ),
        ({ stepNs, rangeNs, steps }, distances) => {
          const buckets = bucketGrid({ startNs: base, stepNs, endNs: base + stepNs * steps }, rangeNs, 0n);
          const timestamps = BigInt64Array.from(distances, (d) => base + d);
          const out = new Int32Array(timestamps.length);
          new BucketAssigner(buckets).assign(timestamps, rowsOf(timestamps.length), timestamps.length, out);
          expect([...out]).toEqual([...timestamps].map((t) => bucketOf(buckets, t)));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('an empty range has no buckets', () => {
    expect(bucketGrid({ startNs: 0n, stepNs: 10n, endNs: 100n }, 0n, 0n).bucketCount).toBe(0);
    expect(bucketGrid({ startNs: 0n, stepNs: 0n, endNs: 0n }, 0n, 0n).bucketCount).toBe(0);
  });
});
