import { SkaldError } from '../../common/errors.ts';
import { formatPrometheusDuration } from '../../common/duration.ts';
import { NS_PER_MS } from '../../common/time.ts';
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
import type { LogCatalog } from './catalog/log-catalog.ts';
import type { HeadBlockSnapshot } from '../../../storage/read/head-block.ts';

export interface QueryRequest {
  readonly tenant: string;
  readonly query: string;
  readonly params: QueryParams;
  readonly signal: AbortSignal;
  /** Optimizer rules that must not run, by name. */
  readonly disabledRules?: readonly string[];
  /** Count rows, bytes and time of each operator. */
  readonly analyze?: boolean;
}

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
}

/** Parses, checks limits, plans and runs queries of one process. */
export class Querier {
  readonly #options: QuerierOptions;

  constructor(options: QuerierOptions) {
    this.#options = options;
  }

  /** Runs a query. Errors: SkaldErrors of every stage, with Loki's texts where Loki has them. */
  async query(request: QueryRequest): Promise<QueryAnswer> {
    const { engine, limits } = this.#options;
    const { expr, planned, headBlocks } = await this.#plan(request);
    const tenantLimits = limits(request.tenant);
    const result = await engine.execute(planned.physical, {
      signal: request.signal,
      deadlineMs: tenantLimits.query_timeout,
      headBlocks,
      maxSeries: tenantLimits.max_query_series,
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
    const params = this.#checked(expr, request);
    const headBlocks = new Map<string, HeadBlockSnapshot>();
    const planned = await planQuery(expr, params, {
      catalog: this.#collecting(headBlocks),
      tenant: request.tenant,
      disabledRules: request.disabledRules ?? [],
      clock: this.#options.clock,
    });
    return { expr, planned, headBlocks };
  }

  /** The catalog, noting the head blocks that its answers refer to, as they were at that moment. */
  #collecting(headBlocks: Map<string, HeadBlockSnapshot>): Catalog {
    return {
      find: async (request) => {
        const answer = await this.#options.catalog.find(request);
        for (const [id, snapshot] of answer.headBlocks) headBlocks.set(id, snapshot);
        return answer;
      },
    };
  }

  /** Applies the tenant's limits and the observable effects of splitting by time (facts 10 to 12). */
  #checked(expr: Expr, { tenant, params }: QueryRequest): QueryParams {
    const limits = this.#options.limits(tenant);
    const isLog = expr.kind === 'LogExpr';
    if (isLog && params.instant) {
      throw new SkaldError(
        'bad_request',
        'log queries are not supported as an instant query type, please change your query to a range query type',
      );
    }
    if (isLog && limits.max_entries_limit_per_query > 0 && params.limit > limits.max_entries_limit_per_query) {
      throw new SkaldError(
        'query_limit',
        `max entries limit per query exceeded, limit > max_entries_limit_per_query (${params.limit} > ${limits.max_entries_limit_per_query})`,
      );
    }
    const lengthMs = Number((params.endNs - params.startNs) / NS_PER_MS);
    if (limits.max_query_length > 0 && lengthMs > limits.max_query_length) {
      const [length, limit] = [lengthMs, limits.max_query_length].map((ms) =>
        formatPrometheusDuration(BigInt(Math.round(ms)) * NS_PER_MS),
      );
      throw new SkaldError(
        'query_limit',
        `the query time range exceeds the limit (query length: ${length}, limit: ${limit})`,
      );
    }
    const splitNs = BigInt(Math.round(limits.split_queries_by_interval)) * NS_PER_MS;
    const aligned = isLog || params.instant || splitNs === 0n ? params : alignToStep(params);
    return { ...aligned, splitNs };
  }
}
