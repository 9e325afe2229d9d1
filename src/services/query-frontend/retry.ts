import { SkaldError } from '../../common/errors.ts';
import type { Timers } from '../../common/runtime.ts';

/** Between attempts, doubled each time. */
const PAUSE_MIN_MS = 250;
const PAUSE_MAX_MS = 5000;

export interface RetryOptions {
  /** Attempts in all, at least 1 (`query_range.max_retries`). */
  readonly attemptsMax: number;
  readonly timers: Timers;
  readonly signal: AbortSignal;
}

export interface Retried<Result> {
  readonly result: Result;
  /** Attempts that failed before. */
  readonly retries: number;
}

/**
 * Runs `attempt` again when it failed through no fault of the query: the worker that ran it died. A query that is wrong,
 * too large or too slow fails once and for all.
 */
export async function withRetries<Result>(
  attempt: () => Promise<Result>,
  { attemptsMax, timers, signal }: RetryOptions,
): Promise<Retried<Result>> {
  for (let retries = 0; ; retries++) {
    try {
      return { result: await attempt(), retries };
    } catch (error) {
      if (!isOurFault(error) || retries + 1 >= attemptsMax || signal.aborted) throw error;
      await pause(Math.min(PAUSE_MIN_MS * 2 ** retries, PAUSE_MAX_MS), timers, signal);
    }
  }
}

function isOurFault(error: unknown): boolean {
  return error instanceof SkaldError && error.code === 'worker_lost';
}

/** Ends early, with the signal's reason. */
async function pause(ms: number, timers: Timers, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const leave = (): void => {
      cancel();
      reject(signal.reason as Error);
    };
    const cancel = timers.after(ms, () => {
      signal.removeEventListener('abort', leave);
      resolve();
    });
    signal.addEventListener('abort', leave, { once: true });
  });
}
