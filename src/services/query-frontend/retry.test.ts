import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SkaldError, type ErrorCode } from '../../common/errors.ts';
import { nodeRuntime } from '../../common/node-runtime.ts';
import { withRetries } from './retry.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Fails with these errors, one after the other, then succeeds. */
function failing(...codes: ErrorCode[]) {
  const left = codes.map((code) => new SkaldError(code, code));
  const attempt = vi.fn(async () => {
    const error = left.shift();
    if (error !== undefined) throw error;
    return 'answer';
  });
  return attempt;
}

async function run(attempt: () => Promise<string>, attemptsMax = 5, signal = new AbortController().signal) {
  const run = withRetries(attempt, { attemptsMax, timers: nodeRuntime.timers, signal });
  const outcome = run.catch((error: unknown) => (error as SkaldError).code);
  await vi.advanceTimersByTimeAsync(60_000);
  return await outcome;
}

test('a worker that died is no reason to fail', async () => {
  expect(await run(failing())).toEqual({ result: 'answer', retries: 0 });
  expect(await run(failing('worker_lost', 'worker_lost'))).toEqual({ result: 'answer', retries: 2 });
});

test.each(['bad_query', 'query_limit', 'deadline_exceeded', 'corruption', 'internal', 'unavailable'] as const)(
  '%s is final',
  async (code) => {
    const attempt = failing(code);
    expect(await run(attempt)).toBe(code);
    expect(attempt).toHaveBeenCalledTimes(1);
  },
);

test('so many attempts and no more', async () => {
  const attempt = failing('worker_lost', 'worker_lost', 'worker_lost', 'worker_lost');
  expect(await run(attempt, 3)).toBe('worker_lost');
  expect(attempt).toHaveBeenCalledTimes(3);
});

test('a caller who leaves ends the pause', async () => {
  const caller = new AbortController();
  const attempt = failing('worker_lost');
  const outcome = withRetries(attempt, { attemptsMax: 5, timers: nodeRuntime.timers, signal: caller.signal });
  const failed = expect(outcome).rejects.toMatchObject({ code: 'cancelled' });
  await vi.advanceTimersByTimeAsync(10);
  caller.abort(new SkaldError('cancelled', 'gone'));
  await failed;
  expect([attempt.mock.calls.length, vi.getTimerCount()]).toEqual([1, 0]);
});
