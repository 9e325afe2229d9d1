import { SkaldError } from '../../common/errors.ts';
import { msToNs } from '../../common/time.ts';
import type { Clock } from '../../common/runtime.ts';
import type { Limits } from '../../config/limits.ts';
import type { Expr } from '../../../grammar/ast.ts';
import { parseQuery } from '../../../grammar/parse.ts';
import { alignToStep } from '../../../planner/logical/align.ts';
import type { QueryParams } from '../../../planner/logical/query-params.ts';
import { planQuery, type PlannedQuery } from '../../../planner/plan-query.ts';
import type { Catalog } from '../../../planner/physical/catalog.ts';
import type { QueryEngine } from '../../../exec/engine.ts';
import type { QueryResult } from '../../../exec/result/query-result.ts';
import { EMPTY_CATALOG } from './catalog/empty-catalog.ts';
import type { LogCatalog } from './catalog/log-catalog.ts';
import { checkBytesRead } from './limits/bytes-read.ts';
import { checkQuery } from './limits/check-query.ts';
import { clampParams, oldestAllowed } from './limits/lookback.ts';
import type { FinishedQuery } from './query-log.ts';
import type { QueryRequest } from './query-request.ts';
import type { HeadBlockSnapshot } from '../../../storage/read/head-block.ts';

export interface QueryAnswer {
  readonly expr: Expr;
  readonly planned: PlannedQuery;
  readonly result: QueryResult;
}

export interface QuerierOptions {
  readonly engine: QueryEngine;
  readonly catalog: LogCatalog;
  readonly limits: (tenant: string) => Limits;
  readonly clock: Clock;
  /** Memory that one query may hold in a worker. */
  readonly queryMemoryBytes: number;
  /** Told of each query that ran or failed. */
  readonly onFinished?: (query: FinishedQuery) => void;
}

/** Parses, checks limits, plans and runs queries of one process. */
export class Querier {
  readonly #options: QuerierOptions;

  constructor(options: QuerierOptions) {
    this.#options = options;
  }

  /** Runs a query. Errors: SkaldErrors of every stage, with Loki's texts where Loki has them. */
  async query(request: QueryRequest): Promise<QueryAnswer> {
    const { clock, onFinished } = this.#options;
    const startMs = clock.monotonicMs();
    let answer: QueryAnswer | null = null;
    let failure: unknown = null;
    try {
      answer = await this.#run(request);
      return answer;
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      onFinished?.({
        request,
        expr: answer?.expr ?? tryParse(request.query),
        durationMs: clock.monotonicMs() - startMs,
        planMs: answer?.planned.planMs ?? 0,
        result: answer?.result ?? null,
        error: failure,
      });
    }
  }

  async #run(request: QueryRequest): Promise<QueryAnswer> {
    const { expr, planned, headBlocks, limits } = await this.#plan(request);
    const result = await this.#options.engine.execute(planned.physical, {
      signal: request.signal,
      deadlineMs: limits.query_timeout,
      headBlocks,
      maxSeries: limits.max_query_series,
      byteBudget: this.#options.queryMemoryBytes,
      analyze: request.analyze ?? false,
    });
    return { expr, planned, result };
  }

  /** Plans a query without running it. */
  async plan(request: QueryRequest): Promise<{ expr: Expr; planned: PlannedQuery }> {
    return await this.#plan(request);
  }

  async #plan(request: QueryRequest) {
    const expr = parseQuery(request.query);
    const limits = this.#options.limits(request.tenant);
    const params = this.#checked(expr, request, limits);
    const headBlocks = new Map<string, HeadBlockSnapshot>();
    const planned = await planQuery(expr, params ?? request.params, {
      catalog: params === null ? EMPTY_CATALOG : this.#collecting(headBlocks),
      tenant: request.tenant,
      disabledRules: request.disabledRules ?? [],
      clock: this.#options.clock,
    });
    if (params !== null) await checkBytesRead(planned.optimized, request.tenant, limits, this.#options.catalog);
    return { expr, planned, headBlocks, limits };
  }

  /** The catalog, noting the head blocks that its answers refer to, as they were at that moment. */
  #collecting(headBlocks: Map<string, HeadBlockSnapshot>): Catalog {
    return {
      find: async (request) => {
        const answer = await this.#options.catalog.find(request);
        for (const [id, snapshot] of answer.headBlocks) headBlocks.set(id, snapshot);
        return answer;
      },
      prune: (request) => this.#options.catalog.prune(request),
    };
  }

  /**
   * Applies the tenant's limits and the observable effects of splitting by time (facts 10 to 12). Null when the query
   * is older than the tenant may ask for: then it finds nothing.
   */
  #checked(expr: Expr, request: QueryRequest, limits: Limits): QueryParams | null {
    const isLog = expr.kind === 'LogExpr';
    if (isLog && request.params.instant) {
      throw new SkaldError(
        'bad_request',
        'log queries are not supported as an instant query type, please change your query to a range query type',
      );
    }
    const params = clampParams(request.params, oldestAllowed(limits, this.#options.clock.nowNs()));
    checkQuery({ text: request.query, expr, params: params ?? request.params, limits });
    if (params === null) return null;
    const splitNs = msToNs(limits.split_queries_by_interval);
    const aligned = isLog || params.instant || splitNs === 0n ? params : alignToStep(params);
    return { ...aligned, splitNs };
  }
}

/** The type of a query that failed is still worth knowing. */
function tryParse(query: string): Expr | null {
  try {
    return parseQuery(query);
  } catch {
    return null;
  }
}
