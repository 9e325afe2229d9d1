import type { ChunkCatalog } from '../../../../storage/catalog/chunk-catalog.ts';
import type { ChunkIndex } from '../../../../storage/index/chunk-index.ts';
import type { QueryEngine } from '../../../../exec/engine.ts';
import type { QueryResult } from '../../../../exec/result/query-result.ts';
import { parseQuery } from '../../../../grammar/parse.ts';
import { planQuery } from '../../../../planner/plan-query.ts';
import { SkaldError } from '../../../common/errors.ts';
import type { Matcher } from '../../../common/matcher.ts';
import type { Clock } from '../../../common/runtime.ts';
import { NS_PER_HOUR, type TimeRange } from '../../../common/time.ts';
import type { LogCatalog } from '../catalog/log-catalog.ts';
import { SampledCatalog } from './sampled-catalog.ts';
import { type WarmUpQuery, warmUpQueries } from './warm-up-queries.ts';

export interface WarmUpOptions {
  readonly chunks: Pick<ChunkCatalog, 'warm'>;
  readonly catalog: Pick<LogCatalog, 'find' | 'prune' | 'addMinutes' | 'series' | 'labelNames' | 'labelValues'>;
  readonly engine: QueryEngine;
  readonly clock: Clock;
  /** Ends it, wherever it is. */
  readonly signal: AbortSignal;
  readonly queryMemoryBytes: number;
  /** Makes of an answer what a client would get. */
  readonly encode: (result: QueryResult, instant: boolean) => void;
}

export interface WarmUpReport {
  /** Indexes that are in the cache now. */
  readonly indexes: number;
  /** Queries that ran to their end. */
  readonly queries: number;
  readonly ms: number;
}

/** Streams of the chunks whose indexes are read: label sets are objects on the heap. */
const STREAMS_MAX = 200_000;
/** Queries look so far back from the newest entry. */
const LOOKBACK_NS = 6n * NS_PER_HOUR;
/** Lines that a query reads. */
const LINE_BYTES_MAX = 16 << 20;
/** How often each query runs: what ran once is compiled, but not yet well. */
const ROUNDS = 2;

/**
 * Reads the indexes of the newest chunks into the cache, and then lets the tenant that was written to last be asked some
 * queries of every kind over a sample of them: a process that has just started would do all that while its first callers
 * wait. Nobody sees the queries; a failing one is passed over.
 */
export async function warmUp(options: WarmUpOptions): Promise<WarmUpReport> {
  const { chunks, clock, signal } = options;
  const startMs = clock.monotonicMs();
  let newest: Warmed | null = null;
  let [indexes, streams, queries] = [0, 0, 0];
  for await (const index of chunks.warm()) {
    const { tenant, maxTimestamp } = index.summary;
    indexes++;
    streams += index.summary.streams;
    newest ??= { tenant, label: index.labelsOf(0).pairs[0][0], wideLabel: widestLabel(index), end: maxTimestamp + 1n };
    if (signal.aborted || streams > STREAMS_MAX) break;
  }
  for (let round = 0; round < ROUNDS && newest !== null; round++) {
    const range = { start: newest.end - LOOKBACK_NS, end: newest.end };
    if (!signal.aborted) await askForLabels(newest, range, options);
    for (const query of warmUpQueries(newest, range)) {
      if (signal.aborted) break;
      if (await ask(query, newest.tenant, options)) queries++;
    }
  }
  return { indexes, queries, ms: clock.monotonicMs() - startMs };
}

interface Warmed {
  readonly tenant: string;
  /** A label of all streams, nearly always. */
  readonly label: string;
  /** The label with the most values: what is grouped by it has the most groups. */
  readonly wideLabel: string;
  readonly end: TimeRange['end'];
}

function widestLabel(index: ChunkIndex): string {
  const { name } = index.postings();
  let widest = 0;
  let valuesMax = 0;
  for (let first = 0, end = 0; first < name.length; first = end) {
    while (end < name.length && name[end] === name[first]) end++;
    if (end - first <= valuesMax) continue;
    valuesMax = end - first;
    widest = name[first];
  }
  return index.symbols().at(widest);
}

async function askForLabels({ tenant, label }: Warmed, range: TimeRange, { catalog }: WarmUpOptions): Promise<void> {
  const matchers: Matcher[] = [{ name: label, op: '=~', value: '.+' }];
  await catalog.labelNames({ tenant, range });
  await catalog.labelValues({ tenant, matchers, range, name: label });
  await catalog.series({ tenant, matcherSets: [matchers], range });
}

/** Whether the query was answered. */
async function ask({ text, params }: WarmUpQuery, tenant: string, options: WarmUpOptions): Promise<boolean> {
  const { engine, clock, signal, queryMemoryBytes } = options;
  const catalog = new SampledCatalog(options.catalog, LINE_BYTES_MAX);
  try {
    const { physical } = await planQuery(parseQuery(text), params, { catalog, tenant, clock });
    const result = await engine.execute(physical, {
      signal,
      deadlineMs: 0,
      headBlocks: catalog.headBlocks,
      maxSeries: 0,
      byteBudget: queryMemoryBytes,
    });
    options.encode(result, params.instant);
    return true;
  } catch (error) {
    if (error instanceof SkaldError) return false;
    throw error;
  }
}
