import type { Limits } from '../../config/limits.ts';
import type { Expr } from '../../../grammar/ast.ts';
import type { QueryParams } from '../../../planner/logical/query-params.ts';
import type { QueryRequest } from './query-request.ts';

/** A query that was parsed and is within the limits of its tenant. */
export interface PreparedQuery {
  readonly request: QueryRequest;
  readonly expr: Expr;
  /** The tenant's, and what the request itself makes stricter. */
  readonly limits: Limits;
  /**
   * What is asked of the engine: start moved by max_query_lookback, steps aligned (facts 10 to 12). Null when all of it is
   * older than the tenant may ask for: then it finds nothing.
   */
  readonly params: QueryParams | null;
}
