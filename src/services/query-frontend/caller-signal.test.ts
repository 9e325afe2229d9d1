import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { nodeRuntime } from '../../common/node-runtime.ts';
import { callerSignal } from './caller-signal.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const { timers } = nodeRuntime;

test('a caller that goes away', () => {
  const caller = new AbortController();
  const { signal } = callerSignal(caller.signal, 1000, timers);
  caller.abort(new Error('gone'));
  expect([signal.aborted, signal.reason]).toEqual([true, new Error('gone')]);
  expect(callerSignal(caller.signal, 1000, timers).signal.aborted).toBe(true);
});

test('a deadline that passes', () => {
  const { signal } = callerSignal(new AbortController().signal, 1000, timers);
  vi.advanceTimersByTime(999);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(signal.reason).toMatchObject({ code: 'deadline_exceeded' });
});

test('nothing is left behind', () => {
  const caller = new AbortController();
  const { signal, release } = callerSignal(caller.signal, 1000, timers);
  release();
  expect(vi.getTimerCount()).toBe(0);
  caller.abort();
  expect(signal.aborted).toBe(false);
  expect(callerSignal(caller.signal, 0, timers).signal).toBe(caller.signal);
});
