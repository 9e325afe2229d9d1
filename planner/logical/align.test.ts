import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alignToStep } from './align.ts';

describe('alignToStep', () => {
  test.each([
    [7n, 23n, 5n, 5n, 25n],
    [10n, 20n, 5n, 10n, 20n],
    [-7n, -3n, 5n, -10n, 0n],
    [12n, 12n, 5n, 10n, 15n],
  ])('%s..%s by %s is %s..%s', (start, end, step, alignedStart, alignedEnd) => {
    expect(alignToStep(start, end, step)).toEqual({ startNs: alignedStart, endNs: alignedEnd });
  });

  test('covers the requested range, on multiples of step, less than a step wider on each side', () => {
    const ns = fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n });
    fc.assert(
      fc.property(ns, ns, fc.bigInt({ min: 1n, max: 10n ** 12n }), (start, end, step) => {
        const aligned = alignToStep(start, end, step);
        expect([aligned.startNs % step, aligned.endNs % step]).toEqual([0n, 0n]);
        expect(aligned.startNs <= start && start - aligned.startNs < step).toBe(true);
        expect(aligned.endNs >= end && aligned.endNs - end < step).toBe(true);
      }),
    );
  });
});
