import type { RequestLimits } from '../../config/request-limits.ts';
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
  /** Lines of this size are worth a worker, for whom many small queries matter more than the time of one. */
  readonly bytesPerWorker?: number;
  /** `X-Query-Tags`, for the query log. */
  readonly tags?: string;
  /** What the request allows itself (`X-Loki-Query-Limits`). */
  readonly limits?: RequestLimits;
  /** Neither read from the results cache nor written to it (`Cache-Control: no-cache`). */
  readonly noCache?: boolean;
}
