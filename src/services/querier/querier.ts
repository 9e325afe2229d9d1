import { SkaldError } from '../../common/errors.ts';
import { msToNs } from '../../common/time.ts';
import type { Clock } from '../../common/runtime.ts';
import { withRequestLimits } from '../../config/request-limits.ts';
import type { Limits } from '../../config/limits.ts';
import type { Expr } from '../../../grammar/ast.ts';
import { parseQuery } from '../../../grammar/parse.ts';
import { alignToStep } from '../../../planner/logical/align.ts';
import type { QueryParams } from '../../../planner/logical/query-params.ts';
import { optimizeQuery, planQuery, type PlannedQuery, type PlanOptions } from '../../../planner/plan-query.ts';
import type { Catalog } from '../../../planner/physical/catalog.ts';
import { PipelineError } from '../../../exec/aggregate/pipeline-error.ts';
import type { QueryEngine } from '../../../exec/engine.ts';
import type { QueryResult } from '../../../exec/result/query-result.ts';
import { EMPTY_CATALOG } from './catalog/empty-catalog.ts';
import type { LogCatalog } from './catalog/log-catalog.ts';
import { checkBytesRead } from './limits/bytes-read.ts';
import { checkQuery } from './limits/check-query.ts';
import { clampParams, oldestAllowed } from './limits/lookback.ts';
import { failureInFull } from './failure-in-full.ts';
import type { PreparedQuery } from './prepared-query.ts';
import type { QueryRequest } from './query-request.ts';
import type { HeadBlockSnapshot } from '../../../storage/read/head-block.ts';

export interface QueryAnswer {
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
}

/** Parses, checks limits, plans and runs queries of one process. Errors are SkaldErrors with Loki's texts. */
export class Querier {
  readonly #options: QuerierOptions;

  constructor(options: QuerierOptions) {
    this.#options = options;
  }

  /** Parses a query and checks it against the limits: all that can be known before it runs. */
  async prepare(request: QueryRequest): Promise<PreparedQuery> {
    const expr = parseQuery(request.query);
    const limits = withRequestLimits(this.#options.limits(request.tenant), request.limits);
    const params = this.#checked(expr, request, limits);
    if (params !== null && limits.max_query_bytes_read > 0) {
      const { optimized } = optimizeQuery(expr, params, request.disabledRules);
      await checkBytesRead(optimized, request.tenant, limits, this.#options.catalog);
    }
    return { request, expr, limits, params };
  }

  /** Plans and runs a prepared query, or a part of it in time. It ends at the tenant's query_timeout at the latest. */
  async run(prepared: PreparedQuery, signal: AbortSignal, part = prepared.params): Promise<QueryAnswer> {
    const disabledRules = prepared.request.disabledRules ?? [];
    try {
      return await this.#execute(prepared, signal, part, { disabledRules });
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      throw await failureInFull(error, (options) => this.#execute(prepared, signal, part, options));
    }
  }

  async #execute(
    prepared: PreparedQuery,
    signal: AbortSignal,
    part: QueryParams | null,
    options: Pick<PlanOptions, 'disabledRules' | 'onlyAtNs'>,
  ): Promise<QueryAnswer> {
    const { planned, headBlocks } = await this.#plan(prepared, part, options);
    const result = await this.#options.engine.execute(planned.physical, {
      signal,
      deadlineMs: prepared.limits.query_timeout,
      headBlocks,
      maxSeries: prepared.limits.max_query_series,
      byteBudget: this.#options.queryMemoryBytes,
      analyze: prepared.request.analyze ?? false,
      bytesPerWorker: prepared.request.bytesPerWorker ?? 0,
    });
    return { planned, result };
  }

  /** Prepares and runs a query at once. */
  async query(request: QueryRequest): Promise<QueryAnswer> {
    return await this.run(await this.prepare(request), request.signal);
  }

  /** Plans a query without running it. */
  async plan(request: QueryRequest): Promise<PlannedQuery> {
    const prepared = await this.prepare(request);
    const { planned } = await this.#plan(prepared, prepared.params, { disabledRules: request.disabledRules ?? [] });
    return planned;
  }

  async #plan(
    { request, expr }: PreparedQuery,
    params: QueryParams | null,
    options: Pick<PlanOptions, 'disabledRules' | 'onlyAtNs'>,
  ) {
    const headBlocks = new Map<string, HeadBlockSnapshot>();
    const planned = await planQuery(expr, params ?? request.params, {
      catalog: params === null ? EMPTY_CATALOG : this.#collecting(headBlocks),
      tenant: request.tenant,
      clock: this.#options.clock,
      ...options,
    });
    return { planned, headBlocks };
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
      addMinutes: (units) => this.#options.catalog.addMinutes(units),
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
    checkQuery({ text: request.query, expr, params: params ?? request.params, limits, tags: request.tags ?? '' });
    if (params === null) return null;
    const splitNs = msToNs(limits.split_queries_by_interval);
    const aligned = isLog || params.instant || splitNs === 0n ? params : alignToStep(params);
    return { ...aligned, splitNs };
  }
}
