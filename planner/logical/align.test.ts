import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alignToStep } from './align.ts';

function align(startNs: bigint, endNs: bigint, stepNs: bigint): { startNs: bigint; endNs: bigint } {
  const params = { limit: 100, direction: 'backward', intervalNs: 0n, instant: false } as const;
  const aligned = alignToStep({ ...params, startNs, endNs, stepNs });
  expect(aligned).toMatchObject({ ...params, stepNs });
  return aligned;
}

describe('alignToStep', () => {
  test.each([
    [7n, 23n, 5n, 5n, 25n],
    [10n, 20n, 5n, 10n, 20n],
    [-7n, -3n, 5n, -10n, 0n],
    [12n, 12n, 5n, 10n, 15n],
  ])('%s..%s by %s is %s..%s', (start, end, step, startNs, endNs) => {
    expect(align(start, end, step)).toMatchObject({ startNs, endNs });
  });

  test('covers the requested range, on multiples of step, less than a step wider on each side', () => {
    const ns = fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n });
    fc.assert(
      fc.property(ns, ns, fc.bigInt({ min: 1n, max: 10n ** 12n }), (start, end, step) => {
        const aligned = align(start, end, step);
        expect([aligned.startNs % step, aligned.endNs % step]).toEqual([0n, 0n]);
        expect(aligned.startNs <= start && start - aligned.startNs < step).toBe(true);
        expect(aligned.endNs >= end && aligned.endNs - end < step).toBe(true);
      }),
    );
  });
});
