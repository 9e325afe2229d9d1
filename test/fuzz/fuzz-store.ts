import { PipelineError } from '../../exec/aggregate/pipeline-error.ts';
import { QueryEngine } from '../../exec/engine.ts';
import type { QueryResult } from '../../exec/result/query-result.ts';
import type { Catalog } from '../../planner/physical/catalog.ts';
import type { PhysicalPlan } from '../../planner/physical/plan.ts';
import { planQuery, type PlanOptions } from '../../planner/plan-query.ts';
import { must } from '../../src/common/assert.ts';
import { nodeRuntime } from '../../src/common/node-runtime.ts';
import { failureInFull } from '../../src/services/querier/failure-in-full.ts';
import { ChunkCatalog } from '../../storage/catalog/chunk-catalog.ts';
import { StorageCatalog } from '../../storage/catalog/storage-catalog.ts';
import { writeCut } from '../../storage/chunk/write-cut.ts';
import { TenantHead } from '../../storage/head/tenant-head.ts';
import { batchOf, type Entry } from '../../storage/head/testing/entries.ts';
import { MemoryObjectStore } from '../../storage/objectstore/memory-object-store.ts';
import type { HeadBlockSnapshot } from '../../storage/read/head-block.ts';
import type { FuzzQuery } from './fuzz-query.ts';
import { parsed } from './parsed.ts';

/** Where entries are: in the head, in chunks, or the ones that arrived first in chunks. */
export const STATES = ['head', 'chunks', 'half'] as const;
export type State = (typeof STATES)[number];

/** What must not change an answer. */
export interface StoreShape {
  readonly state: State;
  /** Rows of a batch at most. */
  readonly batchRows: number;
  /** Rows of a row group at most. */
  readonly rowGroupRows: number;
  /** Workers that share a query. */
  readonly workers: number;
}

export interface RunOptions {
  readonly disabledRules?: readonly string[];
  /** Applied to the physical plan before it runs. */
  readonly transform?: (plan: PhysicalPlan) => PhysicalPlan;
}

const TENANT = 'fuzz';
const BYTE_BUDGET = 1 << 28;
const LINE_BYTES_MAX = 1 << 20;
const PUSH_ROWS = 7;

/** The engine over real storage that holds a data set in one of the states. */
export class FuzzStore {
  readonly #catalog: StorageCatalog;
  readonly #engine: QueryEngine;

  private constructor(catalog: StorageCatalog, engine: QueryEngine) {
    this.#catalog = catalog;
    this.#engine = engine;
  }

  static async open(entries: readonly Entry[], shape: StoreShape): Promise<FuzzStore> {
    const { state, batchRows, rowGroupRows, workers } = shape;
    const store = new MemoryObjectStore();
    const chunks = await ChunkCatalog.open(store);
    let blockCount = 0;
    const head = new TenantHead({
      tenant: TENANT,
      clock: nodeRuntime.clock,
      seed: 7,
      nextBlockId: () => `${TENANT}/${blockCount++}`,
      lastCommitted: (key) => chunks.lastTimestampOf(TENANT, key),
    });
    const rowGroupLimits = { rowsMax: rowGroupRows, lineBytesMax: LINE_BYTES_MAX, lineBytesTarget: LINE_BYTES_MAX };
    const flush = async (): Promise<void> => {
      const group = head.close();
      if (group === null) return;
      chunks.add(await writeCut(store, head.cutOf(group), { runtime: nodeRuntime, codec: 'lz4', rowGroupLimits }));
      head.release(group);
    };
    const flushAt = { head: -1, chunks: entries.length, half: Math.floor(entries.length / 2) }[state];
    let sequence = 0;
    const push = (part: readonly Entry[]): void => {
      for (let i = 0; i < part.length; i += PUSH_ROWS)
        head.append(batchOf(part.slice(i, i + PUSH_ROWS)), 'wal', ++sequence);
    };
    push(entries.slice(0, Math.max(flushAt, 0)));
    if (flushAt > 0) await flush();
    push(entries.slice(Math.max(flushAt, 0)));
    const unitSource = { store, headBlocks: new Map<string, HeadBlockSnapshot>(), clock: nodeRuntime.clock };
    const engine = new QueryEngine({
      workers: 0,
      unitSource,
      clock: nodeRuntime.clock,
      batchRows,
      simulatedWorkers: workers,
    });
    await engine.start();
    return new FuzzStore(new StorageCatalog(chunks, () => head.view(), nodeRuntime.clock), engine);
  }

  /** As the querier does: a query that an entry fails is asked again for its labels. */
  async run(query: FuzzQuery, { disabledRules = [], transform }: RunOptions = {}): Promise<QueryResult> {
    try {
      return await this.#run(query, { disabledRules }, transform);
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      throw await failureInFull(error, (options) => this.#run(query, options, transform));
    }
  }

  async #run(
    query: FuzzQuery,
    options: Pick<PlanOptions, 'disabledRules' | 'onlyAtNs'>,
    transform: RunOptions['transform'],
  ): Promise<QueryResult> {
    const headBlocks = new Map<string, HeadBlockSnapshot>();
    const catalog: Catalog = {
      find: async (request) => {
        const answer = await this.#catalog.find(request);
        for (const [id, block] of answer.headBlocks) headBlocks.set(id, block);
        return answer;
      },
      prune: (request) => this.#catalog.prune(request),
      addMinutes: (units) => this.#catalog.addMinutes(units),
    };
    const { clock } = nodeRuntime;
    const planned = await planQuery(parsed(query), query.params, { catalog, tenant: TENANT, clock, ...options });
    const plan = must(transform === undefined ? planned.physical : transform(planned.physical));
    return await this.#engine.execute(plan, {
      signal: new AbortController().signal,
      deadlineMs: 0,
      headBlocks,
      maxSeries: 0,
      byteBudget: BYTE_BUDGET,
    });
  }

  async close(): Promise<void> {
    await this.#engine.close();
  }
}
