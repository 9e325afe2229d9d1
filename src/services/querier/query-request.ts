import type { QueryParams } from '../../../planner/logical/query-params.ts';

/** What a client asks the querier. */
export interface QueryRequest {
  readonly tenant: string;
  readonly query: string;
  readonly params: QueryParams;
  readonly signal: AbortSignal;
  /** Optimizer rules that must not run, by name. */
  readonly disabledRules?: readonly string[];
  /** Count rows, bytes and time of each operator. */
  readonly analyze?: boolean;
  /** `X-Query-Tags`, for the query log. */
  readonly tags?: string;
}
