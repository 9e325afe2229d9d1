import type { Limits } from '../../../config/limits.ts';
import type { Expr } from '../../../../grammar/ast.ts';
import type { QueryParams } from '../../../../planner/logical/query-params.ts';

/** A parsed query and the limits of whoever asks it. */
export interface QueryToCheck {
  readonly text: string;
  readonly expr: Expr;
  readonly params: QueryParams;
  readonly limits: Limits;
  /** `X-Query-Tags`, as the client sent it. */
  readonly tags?: string;
}

/** Throws SkaldError `query_limit` with Loki's text when the query is over a limit. */
export type QueryCheck = (query: QueryToCheck) => void;
