import type { PlannedQuery } from '../../../planner/plan-query.ts';
import type { QueryResult } from '../../../exec/result/query-result.ts';

/** What the results cache did for a query. */
export interface CacheUse {
  readonly keysRequested: number;
  readonly keysFound: number;
  readonly keysStored: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly downloadMs: number;
  /** How much of the time range the cache answered. */
  readonly servedNs: bigint;
}

export const NO_CACHE_USE: CacheUse = {
  keysRequested: 0,
  keysFound: 0,
  keysStored: 0,
  bytesReceived: 0,
  bytesSent: 0,
  downloadMs: 0,
  servedNs: 0n,
};

/** What it took to answer. Several callers may have the same answer. */
export interface FrontendAnswer {
  readonly result: QueryResult;
  /** Null unless one run answered everything. */
  readonly planned: PlannedQuery | null;
  /** Runs of the engine; 0 when everything came from the cache. */
  readonly runs: number;
  /** Runs that failed and were repeated. */
  readonly retries: number;
  readonly cache: CacheUse;
}

/** One caller's view of an answer. */
export interface CallerAnswer extends FrontendAnswer {
  /** Somebody else had asked for it. */
  readonly isShared: boolean;
  /** From the request to the answer. */
  readonly totalMs: number;
}
