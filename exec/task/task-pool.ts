import type { FragmentRun } from './fragment-runner.ts';
import type { FragmentRequest } from './run-fragment.ts';

/** Threads that run fragments. */
export interface TaskPool {
  /** Number of threads that can share a fragment. */
  readonly size: number;
  start(): Promise<void>;
  /** Fails what is running. */
  close(): Promise<void>;
  /** Runs a fragment on up to `workers` threads. */
  run(request: FragmentRequest, workers: number): FragmentRun;
}
