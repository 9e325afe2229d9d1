import { SkaldError } from '../../common/errors.ts';
import type { Timers } from '../../common/runtime.ts';

export interface CallerSignal {
  /** Aborts when the caller goes away (its own reason) and at its deadline (`deadline_exceeded`). */
  readonly signal: AbortSignal;
  /** Call when the caller has its answer. */
  readonly release: () => void;
}

/** A caller's signal with a deadline; `timeoutMs` 0 is none. */
export function callerSignal(caller: AbortSignal, timeoutMs: number, timers: Timers): CallerSignal {
  if (timeoutMs === 0) return { signal: caller, release: () => undefined };
  const both = new AbortController();
  const leave = (): void => both.abort(caller.reason);
  if (caller.aborted) leave();
  caller.addEventListener('abort', leave, { once: true });
  const cancelTimer = timers.after(timeoutMs, () =>
    both.abort(new SkaldError('deadline_exceeded', 'The query was not answered before its deadline')),
  );
  const release = (): void => {
    cancelTimer();
    caller.removeEventListener('abort', leave);
  };
  return { signal: both.signal, release };
}
