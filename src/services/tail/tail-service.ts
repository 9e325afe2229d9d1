import type { Clock, Timers } from '../../common/runtime.ts';
import { SkaldError, messageOf } from '../../common/errors.ts';
import type { Limits } from '../../config/limits.ts';
import type { Expr, LogExpr } from '../../../grammar/ast.ts';
import type { QueryEngine } from '../../../exec/engine.ts';
import type { LogResult } from '../../../exec/result/query-result.ts';
import type { QueryParams } from '../../../planner/logical/query-params.ts';
import type { CatalogAnswer, CatalogRequest } from '../../../planner/physical/catalog.ts';
import { planQuery } from '../../../planner/plan-query.ts';
import type { LogCatalog } from '../querier/catalog/log-catalog.ts';
import type { HeadBlockSnapshot } from '../../../storage/read/head-block.ts';
import type { Publications } from '../ingester/published-rows.ts';
import { LiveQuery } from './live-query.ts';
import { Tail } from './tail.ts';
import { TailChunk, type TailEncoder, type TailSocket } from './tail-entry.ts';

export interface TailServiceOptions {
  readonly engine: QueryEngine;
  readonly catalog: LogCatalog;
  readonly publications: Publications;
  readonly limits: (tenant: string) => Limits;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly encoder: TailEncoder;
  /** Memory that one run may hold in a worker. */
  readonly queryMemoryBytes: number;
  /** 0 is no limit. */
  readonly maxDurationMs: number;
  readonly onDropped: (tenant: string, count: number) => void;
}

export interface TailRequest {
  readonly tenant: string;
  readonly expr: Expr;
  readonly query: string;
  readonly startNs: bigint;
  readonly limit: number;
  readonly delayNs: bigint;
  readonly encodingFlags: readonly string[];
}

type Find = (request: CatalogRequest) => Promise<
  CatalogAnswer & {
    readonly headBlocks: ReadonlyMap<string, HeadBlockSnapshot>;
  }
>;

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** Live tails of one process. */
export class TailService {
  readonly #options: TailServiceOptions;
  readonly #queries = new Map<string, { readonly query: LiveQuery; readonly unsubscribe: () => void }>();
  readonly #counts = new Map<string, number>();
  readonly #tails = new Set<Tail>();

  constructor(options: TailServiceOptions) {
    this.#options = options;
  }

  get activeTails(): number {
    return this.#tails.size;
  }

  /**
   * Serves a connection: the newest `limit` entries since `startNs`, oldest first, then what arrives, each entry once. A
   * request that cannot be served closes it with code 1011 and the reason. Call `end` of the result when the client goes.
   */
  open(request: TailRequest, socket: TailSocket): Tail {
    const { tenant, encodingFlags, delayNs } = request;
    const { clock, timers, encoder, maxDurationMs, onDropped } = this.#options;
    const tail = new Tail({
      socket,
      clock,
      timers,
      encoder,
      encodingFlags,
      delayNs,
      maxDurationMs,
      onEnd: () => this.#forget(tail, request),
      onDropped: (count) => onDropped(tenant, count),
    });
    const count = (this.#counts.get(tenant) ?? 0) + 1;
    this.#counts.set(tenant, count);
    this.#tails.add(tail);
    const { max_concurrent_tail_requests: limit } = this.#options.limits(tenant);
    if (request.expr.kind !== 'LogExpr') tail.close(1011, 'only log selector is supported');
    else if (limit > 0 && count > limit) {
      tail.close(1011, `max concurrent tail requests limit exceeded, count > limit (${count} > ${limit})`);
    } else void this.#begin(tail, request.expr, request);
    return tail;
  }

  /** Ends all tails; clients may come back to the next process. */
  close(): void {
    for (const tail of [...this.#tails]) tail.close(1001, 'the server is shutting down');
  }

  async #begin(tail: Tail, expr: LogExpr, request: TailRequest): Promise<void> {
    try {
      const { rows } = await this.#history(expr, request, () => this.#join(tail, expr, request));
      if (tail.isClosed) return;
      const { encoder, clock } = this.#options;
      const categorize = isCategorized(request);
      const entries = rows.map((row) => encoder.entry(row, categorize)).reverse();
      tail.start(TailChunk.split(entries, clock.nowNs()));
    } catch (error) {
      tail.close(1011, messageOf(error));
    }
  }

  /** `onSnapshot` is called in the turn in which the snapshot is taken: later entries are live ones. */
  async #history(expr: LogExpr, { tenant, startNs, limit }: TailRequest, onSnapshot: () => void): Promise<LogResult> {
    const range = { startNs, endNs: INT64_MAX, limit, direction: 'backward' as const };
    return await this.#execute(tenant, expr, range, new AbortController().signal, (find) => {
      onSnapshot();
      return this.#options.catalog.find(find);
    });
  }

  /** Called in the turn of the history's snapshot. */
  #join(tail: Tail, expr: LogExpr, request: TailRequest): void {
    if (tail.isClosed) return;
    const key = keyOf(request);
    const known = this.#queries.get(key);
    if (known !== undefined) {
      known.query.join(tail);
      return;
    }
    const { tenant } = request;
    const { encoder, clock, timers, publications } = this.#options;
    const query = new LiveQuery({
      tenant,
      expr,
      categorize: isCategorized(request),
      encoder,
      clock,
      timers,
      run: (answer, signal) => {
        const limit = answer.units.reduce((sum, { rowCount }) => sum + rowCount, 0);
        const range = { startNs: INT64_MIN, endNs: INT64_MAX, limit, direction: 'forward' as const };
        return this.#execute(tenant, expr, range, signal, async () => answer);
      },
    });
    query.join(tail);
    const unsubscribe = publications.subscribe(tenant, (rows) => query.publish(rows));
    this.#queries.set(key, { query, unsubscribe });
  }

  #forget(tail: Tail, request: TailRequest): void {
    const { tenant } = request;
    this.#tails.delete(tail);
    const count = (this.#counts.get(tenant) ?? 0) - 1;
    if (count > 0) this.#counts.set(tenant, count);
    else this.#counts.delete(tenant);
    const key = keyOf(request);
    const known = this.#queries.get(key);
    if (known === undefined) return;
    known.query.leave(tail);
    if (known.query.tailCount > 0) return;
    known.unsubscribe();
    this.#queries.delete(key);
  }

  async #execute(
    tenant: string,
    expr: LogExpr,
    range: Pick<QueryParams, 'startNs' | 'endNs' | 'limit' | 'direction'>,
    signal: AbortSignal,
    find: Find,
  ): Promise<LogResult> {
    const { engine, clock, limits, queryMemoryBytes } = this.#options;
    const headBlocks = new Map<string, HeadBlockSnapshot>();
    const params: QueryParams = { ...range, stepNs: 0n, intervalNs: 0n, instant: false };
    const planned = await planQuery(expr, params, {
      tenant,
      clock,
      catalog: {
        find: async (request) => {
          const answer = await find(request);
          for (const [id, snapshot] of answer.headBlocks) headBlocks.set(id, snapshot);
          return answer;
        },
        prune: (request) => this.#options.catalog.prune(request),
      },
    });
    const result = await engine.execute(planned.physical, {
      signal,
      deadlineMs: limits(tenant).query_timeout,
      headBlocks,
      maxSeries: 0,
      byteBudget: queryMemoryBytes,
    });
    if (result.kind !== 'LogResult') throw new SkaldError('internal', 'a log query did not yield entries');
    return result;
  }
}

/** Tails that get the same frames. */
function keyOf({ tenant, query, encodingFlags }: TailRequest): string {
  return JSON.stringify([tenant, query, encodingFlags]);
}

function isCategorized({ encodingFlags }: TailRequest): boolean {
  return encodingFlags.includes('categorize-labels');
}
