import path from 'node:path';
import { QueryEngine } from '../../../../exec/engine.ts';
import type { QueryParams } from '../../../../planner/logical/query-params.ts';
import { ChunkCatalog } from '../../../../storage/catalog/chunk-catalog.ts';
import { StorageCatalog } from '../../../../storage/catalog/storage-catalog.ts';
import { batchOf, type Entry } from '../../../../storage/head/testing/entries.ts';
import { openObjectStore } from '../../../../storage/objectstore/object-store-config.ts';
import { nodeRuntime } from '../../../common/node-runtime.ts';
import type { Clock } from '../../../common/runtime.ts';
import { type Limits, limitsSchema, resolveLimits } from '../../../config/limits.ts';
import { LocalFlusher } from '../../ingester/cut-flusher.ts';
import { Ingester } from '../../ingester/ingester.ts';
import { MultiTenantCatalog } from '../../querier/catalog/multi-tenant-catalog.ts';
import { Querier } from '../../querier/querier.ts';
import type { QueryRequest } from '../../querier/query-request.ts';
import { QueryScheduler } from '../../query-scheduler/query-scheduler.ts';
import type { CallerAnswer } from '../frontend-answer.ts';
import { QueryFrontend } from '../query-frontend.ts';
import type { FinishedQuery } from '../query-log.ts';
import { QueryRunner } from '../query-runner.ts';
import type { CacheStore } from '../results-cache/cache-store.ts';
import { committedState } from '../results-cache/committed-state.ts';
import { ResultsCache } from '../results-cache/results-cache.ts';

export const TENANT = 't';

export interface FrontendStoreOptions {
  readonly directory: string;
  readonly limits?: Record<string, unknown>;
  readonly maxConcurrent?: number;
  readonly attemptsMax?: number;
  readonly cache?: CacheStore;
  readonly clock?: Clock;
}

/** The frontend over a real querier, engine, ingester and object store; a test may hold its runs. */
export class FrontendStore {
  readonly querier: Querier;
  readonly frontend: QueryFrontend;
  readonly finished: FinishedQuery[] = [];
  /** The parts of queries that were run, in order. */
  readonly runs: (QueryParams | null)[] = [];
  /** Waited for by each run, after it has said what it reads. */
  beforeRun: () => Promise<void> = () => Promise.resolve();
  readonly #ingester: Ingester;
  readonly #engine: QueryEngine;

  private constructor(ingester: Ingester, chunks: ChunkCatalog, options: FrontendStoreOptions) {
    const { timers } = nodeRuntime;
    const clock = options.clock ?? nodeRuntime.clock;
    const limits: Limits = resolveLimits(limitsSchema.parse(options.limits ?? {}), false);
    const headOf = (tenant: string) => ingester.view(tenant);
    const store = openObjectStore(objectsIn(options.directory), nodeRuntime);
    const writes = ingester.writes;
    this.#ingester = ingester;
    this.#engine = new QueryEngine({ workers: 0, unitSource: { store, headBlocks: new Map(), clock }, clock });
    this.querier = new Querier({
      engine: this.#engine,
      catalog: new MultiTenantCatalog(new StorageCatalog(chunks, headOf, clock)),
      limits: () => limits,
      clock,
      queryMemoryBytes: 256 << 20,
    });
    const run: Querier['run'] = async (prepared, signal, part) => {
      this.runs.push(part ?? null);
      await this.beforeRun();
      return await this.querier.run(prepared, signal, part);
    };
    const scheduler = new QueryScheduler({
      maxConcurrent: options.maxConcurrent ?? 4,
      maxOutstandingPerTenant: 1000,
      clock,
      timers,
    });
    const attemptsMax = options.attemptsMax ?? 5;
    const runner = new QueryRunner({ querier: { run }, scheduler, moment: () => writes.moment, attemptsMax, timers });
    const cache = options.cache === undefined ? null : cacheOver(options.cache, { writes, chunks, headOf, clock });
    const onFinished = (query: FinishedQuery): unknown => this.finished.push(query);
    this.frontend = new QueryFrontend({ querier: this.querier, runner, cache, writes, clock, timers, onFinished });
  }

  static async open(options: FrontendStoreOptions): Promise<FrontendStore> {
    const store = openObjectStore(objectsIn(options.directory), nodeRuntime);
    const chunks = await ChunkCatalog.open(store);
    const ingester = await Ingester.open({
      runtime: nodeRuntime,
      catalog: chunks,
      flusher: new LocalFlusher({ store, runtime: nodeRuntime, codec: 'lz4' }),
      walDirectory: path.join(options.directory, 'wal'),
      report: (error) => {
        throw error;
      },
      settings: { walSync: 'interval', flushOnClose: false },
    });
    return new FrontendStore(ingester, chunks, options);
  }

  async push(entries: readonly Entry[], tenant = TENANT): Promise<void> {
    if (entries.length > 0) await this.#ingester.push(tenant, batchOf(entries));
  }

  async flush(): Promise<void> {
    await this.#ingester.flush();
  }

  async ask(query: string, params: QueryParams, options: Partial<QueryRequest> = {}): Promise<CallerAnswer> {
    return await this.frontend.query({
      tenant: TENANT,
      query,
      params,
      signal: new AbortController().signal,
      ...options,
    });
  }

  /** Closes it; the directory stays. */
  async close(): Promise<void> {
    await this.frontend.close();
    await this.#engine.close();
    await this.#ingester.close();
  }
}

const objectsIn = (directory: string) => ({ kind: 'filesystem', directory: path.join(directory, 'objects') }) as const;

interface CacheParts {
  readonly writes: Ingester['writes'];
  readonly chunks: ChunkCatalog;
  readonly headOf: (tenant: string) => ReturnType<Ingester['view']>;
  readonly clock: Clock;
}

function cacheOver(store: CacheStore, { writes, clock, ...stored }: CacheParts): ResultsCache {
  return new ResultsCache({
    store,
    compression: 'snappy',
    writes,
    committedState: (tenants, range) => committedState(tenants, range, stored),
    process: Buffer.from(nodeRuntime.random.bytes(8)).toString('hex'),
    clock,
  });
}

/** Parameters of a metric range query, in seconds. */
export function rangeParams(startS: number, endS: number, stepS: number): QueryParams {
  return {
    startNs: BigInt(startS) * 1_000_000_000n,
    endNs: BigInt(endS) * 1_000_000_000n,
    stepNs: BigInt(stepS) * 1_000_000_000n,
    limit: 100,
    direction: 'backward',
    intervalNs: 0n,
    instant: false,
  };
}
