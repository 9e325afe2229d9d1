import { describe, expect, test } from 'vitest';
import { MIB } from '../testing/contexts.ts';
import { cancelQuery, ControlledContext, createQueryControl, peakBytes } from './query-control.ts';

const clockAt = (nowMs: number) => ({
  nowMs: () => nowMs,
  nowNs: () => BigInt(nowMs) * 1_000_000n,
  monotonicMs: () => nowMs,
});

describe('query control', () => {
  test('cancellation reaches every context of the query', () => {
    const control = createQueryControl(Infinity, MIB);
    const contexts = [new ControlledContext(control, clockAt(0)), new ControlledContext(control, clockAt(0))];
    for (const context of contexts) context.throwIfCancelled();
    cancelQuery(control);
    for (const context of contexts) {
      expect(() => context.throwIfCancelled()).toThrow(expect.objectContaining({ code: 'cancelled' }));
    }
  });

  test('the deadline is the last moment that is allowed', () => {
    const control = createQueryControl(1000, MIB);
    new ControlledContext(control, clockAt(1000)).throwIfCancelled();
    const late = new ControlledContext(control, clockAt(1001));
    expect(() => late.throwIfCancelled()).toThrow(expect.objectContaining({ code: 'deadline_exceeded' }));
  });

  test('the budget is shared by all threads, and what is released can be used again', () => {
    const control = createQueryControl(Infinity, 4 * MIB);
    const [a, b] = [
      new ControlledContext(control, clockAt(0)).budget,
      new ControlledContext(control, clockAt(0)).budget,
    ];
    a.reserve(3 * MIB);
    b.reserve(MIB);
    expect(() => b.reserve(1)).toThrow(expect.objectContaining({ code: 'query_limit' }));
    a.release(3 * MIB);
    b.reserve(2 * MIB);
    expect(peakBytes(control)).toBeGreaterThanOrEqual(4 * MIB);
    expect(a.peakBytes).toBe(3 * MIB);
  });
});
