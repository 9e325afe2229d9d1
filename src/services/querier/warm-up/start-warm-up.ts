import { messageOf } from '../../../common/errors.ts';
import type { Timers } from '../../../common/runtime.ts';
import type { Logger } from '../../../common/telemetry/logger.ts';
import { warmUp, type WarmUpOptions } from './warm-up.ts';

export interface StartWarmUpOptions extends Omit<WarmUpOptions, 'signal'> {
  readonly timers: Timers;
  readonly logger: Logger;
  /** 0: nothing is done. */
  readonly timeoutMs: number;
}

/** Warms up in the background. `stop` ends it and waits until it has ended. */
export function startWarmUp({ timers, logger, timeoutMs, ...options }: StartWarmUpOptions): {
  stop(): Promise<void>;
} {
  if (timeoutMs === 0) return { stop: () => Promise.resolve() };
  const abort = new AbortController();
  const cancelTimer = timers.after(timeoutMs, () => abort.abort());
  const warming = warmUp({ ...options, signal: abort.signal })
    .then(
      ({ indexes, queries, ms }) => logger.info({ indexes, queries, ms: Math.round(ms) }, 'warmed up'),
      (error: unknown) => logger.warn({ err: messageOf(error) }, 'warming up failed'),
    )
    .finally(cancelTimer);
  return {
    stop: async () => {
      abort.abort();
      await warming;
    },
  };
}
