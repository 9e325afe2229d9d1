import type { ErrorCode } from '../../src/common/errors.ts';
import type { UnitSourceConfig } from '../../storage/read/open-source.ts';
import type { FragmentReport } from './fragment-report.ts';
import type { FragmentRequest } from './run-fragment.ts';

/** `workerData` of a querier worker. */
export interface WorkerSettings {
  readonly worker: number;
  readonly unitSourceConfig: UnitSourceConfig;
}

/** What the pool posts to a worker. `run` is unique in the pool. */
export interface RunMessage {
  readonly kind: 'Run';
  readonly run: number;
  readonly request: FragmentRequest;
}

/** What a worker posts to the pool. */
export type WorkerMessage =
  | { readonly kind: 'Ready' }
  /** `bytes` own their buffer, which is transferred. */
  | { readonly kind: 'Item'; readonly run: number; readonly bytes: Uint8Array }
  | { readonly kind: 'Done'; readonly run: number; readonly report: FragmentReport }
  /** `stack` is where a bug was found; null for what users, disks or networks cause. */
  | {
      readonly kind: 'Failed';
      readonly run: number;
      readonly code: ErrorCode;
      readonly message: string;
      readonly stack: string | null;
    };
