import type { QueryParams } from '../../../../planner/logical/query-params.ts';
import type { Clock } from '../../../common/runtime.ts';
import type { TimeRange } from '../../../common/time.ts';
import type { WriteHistory } from '../../ingester/write-history.ts';
import type { FrontendAnswer } from '../frontend-answer.ts';
import type { CacheStore } from './cache-store.ts';
import type { Compression } from './cached-steps-codec.ts';

/** Runs a part of the query in time. */
export type RunPart = (part: QueryParams) => Promise<FrontendAnswer>;

export interface ResultsCacheOptions {
  readonly store: CacheStore;
  readonly compression: Compression;
  readonly writes: Pick<WriteHistory, 'moment' | 'writtenSince'>;
  /** Names the state of what is committed in a range, or null (committed-state.ts). */
  readonly committedState: (tenants: string, range: TimeRange) => string | null;
  /** Unique to this process. */
  readonly process: string;
  readonly clock: Clock;
}
