import { tooManySeries } from '../../../../exec/engine.ts';
import type { MetricResult, QueryResult } from '../../../../exec/result/query-result.ts';
import type { QueryParams } from '../../../../planner/logical/query-params.ts';
import { assert } from '../../../common/assert.ts';
import { floorDiv, msToNs, type TimeRange } from '../../../common/time.ts';
import type { PreparedQuery } from '../../querier/prepared-query.ts';
import type { CacheUse, FrontendAnswer } from '../frontend-answer.ts';
import { mergeStatistics } from '../merge-statistics.ts';
import type { RunObserver } from '../query-runner.ts';
import { type CacheableQuery, cacheableQuery } from './cacheable.ts';
import type { CachedSteps, Stamp } from './cached-steps.ts';
import { decodeCachedSteps, encodeCachedSteps } from './cached-steps-codec.ts';
import { cacheKeys, type KeyedWindow } from './cache-keys.ts';
import { LogResultsCache } from './log-results-cache.ts';
import type { ResultsCacheOptions, RunPart } from './results-cache-options.ts';
import { hasTwins, mergeSeries, type SeriesSource, windowOf } from './merge-series.ts';
import { countSteps, hullOf, type StepRange, unite, within, without } from './step-ranges.ts';

/** Gaps that are run one by one; of more, everything from the first to the last is run at once. */
const GAPS_MAX = 4;

/** Values of one entry; what is larger is not stored. */
const ENTRY_VALUES_MAX = 2 ** 20;

/** One query at work. */
interface Asked extends CacheableQuery {
  readonly prepared: PreparedQuery;
  readonly window: StepRange;
  readonly keys: readonly KeyedWindow[];
  /** The last step that is old enough to be stored. */
  readonly lastStored: number;
}

/** What is known of a query, and as of when. */
interface Known {
  readonly moment: number;
  /** One for each key; `known` has what still holds, which may be nothing. */
  readonly entries: readonly (CachedSteps | null)[];
  readonly committed: readonly (string | null)[];
}

/**
 * Answers of metric range queries, step by step. A query runs only for steps that are not known. A step is known as long
 * as nothing was written to the times that it looks back on (WriteHistory), so that an answer is what a run would give:
 * late entries are in it.
 */
export class ResultsCache {
  readonly #options: ResultsCacheOptions;
  readonly #logs: LogResultsCache;

  constructor(options: ResultsCacheOptions) {
    this.#options = options;
    this.#logs = new LogResultsCache(options);
  }

  /** Answers from the cache as far as it can, and by `run` otherwise. Errors are those of `run`, and `query_limit`. */
  async answer(prepared: PreparedQuery, observer: RunObserver, run: RunPart): Promise<FrontendAnswer | null> {
    if (prepared.expr.kind === 'LogExpr') return await this.#logs.answer(prepared, observer, run);
    const cacheable = cacheableQuery(prepared);
    if (cacheable === null) return null;
    const asked = this.#ask(prepared, cacheable);
    const startMs = this.#options.clock.monotonicMs();
    const encoded = await this.#options.store.get(asked.keys.map(({ key }) => key));
    const downloadMs = this.#options.clock.monotonicMs() - startMs;
    const known = this.#know(asked, encoded);
    const use = useOf(asked, known, encoded, downloadMs);
    const hull = hullOf(within(unite(known.entries.flatMap((entry) => entry?.known ?? [])), asked.window));
    if (hull !== null) observer.reads({ moment: known.moment, range: dataOf(hull, asked) });
    const parts = await Promise.all(gapsOf(asked, known).map((gap) => run(partOf(gap, asked))));
    const results = parts.map(({ result }) => metricOf(result));
    if (results.some(({ series }) => hasTwins(series))) return await run(asked.params);
    const runs = parts.reduce((sum, part) => sum + part.runs, 0);
    const retries = parts.reduce((sum, part) => sum + part.retries, 0);
    const result = merged(asked, known, results);
    const stored = this.#store(asked, known, results);
    return { result, planned: null, runs, retries, cache: { ...use, ...stored } };
  }

  async close(): Promise<void> {
    await this.#options.store.close();
  }

  #ask(prepared: PreparedQuery, cacheable: CacheableQuery): Asked {
    const { params } = cacheable;
    const { startNs, endNs, stepNs } = params;
    assert(startNs % stepNs === 0n, 'steps of a cached query are aligned');
    const window = windowOf({ startNs, endNs, stepNs });
    const freshNs = msToNs(prepared.limits.max_cache_freshness_per_query);
    const lastStored = Number(floorDiv(this.#options.clock.nowNs() - freshNs, stepNs));
    return { ...cacheable, prepared, window, keys: cacheKeys(prepared, params, window), lastStored };
  }

  /** Decodes what was found, and lets go of what does not hold any more. One synchronous turn. */
  #know(asked: Asked, encoded: readonly (Uint8Array | null)[]): Known {
    const { store, writes, compression } = this.#options;
    const { tenant } = asked.prepared.request;
    const stateOf = (range: StepRange): string | null =>
      store.outlivesProcess ? this.#options.committedState(tenant, dataOf(range, asked)) : null;
    const committed = asked.keys.map(({ window }) => stateOf(window));
    const entries = encoded.map((bytes, i) => {
      const entry = bytes === null ? null : decodeCachedSteps(bytes, compression);
      const { window } = asked.keys[i];
      if (entry === null || entry.window.first !== window.first || entry.window.last !== window.last) return null;
      return { ...entry, known: this.#stillKnown(entry, asked, committed[i]) };
    });
    return { moment: writes.moment, entries, committed };
  }

  #stillKnown({ stamp, known, window }: CachedSteps, asked: Asked, committed: string | null): readonly StepRange[] {
    const { writes, process } = this.#options;
    if (stamp.process !== process) return committed !== null && committed === stamp.committed ? known : [];
    const written = writes.writtenSince(asked.prepared.request.tenant, stamp.moment, dataOf(window, asked));
    return without(
      known,
      written.map((range) => stepsThatSee(range, asked)),
    );
  }

  /** The committed state of a window, if nothing was written to it while the query ran: the runs have seen just that. */
  #committedSince({ prepared, keys, ...asked }: Asked, { moment, committed }: Known, i: number): string | null {
    const range = dataOf(keys[i].window, asked);
    return this.#options.writes.writtenSince(prepared.request.tenant, moment, range).length === 0 ? committed[i] : null;
  }

  /** Keeps what is new. Does not wait for the store. */
  #store(asked: Asked, known: Known, results: readonly MetricResult[]): Partial<CacheUse> {
    const { store, compression, process } = this.#options;
    const values = asked.keys.flatMap(({ key, window }, i) => {
      const stored = { first: window.first, last: Math.min(window.last, asked.lastStored) };
      const sources = sourcesOf(known.entries[i], results, stored);
      if (!sources.some(({ isNew, wanted }) => isNew && wanted.length > 0)) return [];
      const stamp: Stamp = { process, moment: known.moment, committed: this.#committedSince(asked, known, i) };
      const steps = unite(sources.flatMap(({ wanted }) => wanted));
      const entry = { stamp, window, known: steps, series: mergeSeries(window, sources) };
      if (entry.series.length * countSteps([window]) > ENTRY_VALUES_MAX) return [];
      return [{ key, value: encodeCachedSteps(entry, compression) }];
    });
    if (values.length > 0) void store.put(values);
    return { keysStored: values.length, bytesSent: values.reduce((sum, { value }) => sum + value.length, 0) };
  }
}

/** The times of the entries that steps depend on. */
function dataOf({ first, last }: StepRange, { params: { stepNs }, reach }: CacheableQuery): TimeRange {
  return {
    start: BigInt(first) * stepNs - reach.backNs + 1n,
    end: BigInt(last) * stepNs - reach.aheadNs + 1n,
  };
}

/** The steps whose values depend on entries of these times. */
function stepsThatSee({ start, end }: TimeRange, { params: { stepNs }, reach }: CacheableQuery): StepRange {
  return {
    first: -Number(floorDiv(-(start + reach.aheadNs), stepNs)),
    last: Number(floorDiv(end - 1n + reach.backNs - 1n, stepNs)),
  };
}

function partOf({ first, last }: StepRange, { params }: CacheableQuery): QueryParams {
  return { ...params, startNs: BigInt(first) * params.stepNs, endNs: BigInt(last) * params.stepNs };
}

function gapsOf({ window }: Asked, { entries }: Known): StepRange[] {
  const gaps = without(
    [window],
    entries.flatMap((entry) => entry?.known ?? []),
  );
  const hull = hullOf(gaps);
  return hull !== null && gaps.length > GAPS_MAX ? [hull] : gaps;
}

/** New steps first: what was run is not taken from the cache. */
function sourcesOf(
  entry: CachedSteps | null,
  results: readonly MetricResult[],
  wanted: StepRange,
): (SeriesSource & { readonly isNew: boolean })[] {
  const run = results.map(({ grid, series }) => {
    const window = windowOf(grid);
    return { window, series, wanted: within([window], wanted), isNew: true };
  });
  if (entry === null) return run;
  const left = without(
    within(entry.known, wanted),
    run.map(({ window }) => window),
  );
  return [...run, { window: entry.window, series: entry.series, wanted: left, isNew: false }];
}

function merged(
  { prepared, window, params }: Asked,
  { entries }: Known,
  results: readonly MetricResult[],
): QueryResult {
  const sources = [
    ...sourcesOf(null, results, window),
    ...entries.flatMap((entry) =>
      entry === null ? [] : sourcesOf(entry, results, window).filter(({ isNew }) => !isNew),
    ),
  ];
  const series = mergeSeries(window, sources);
  const { max_query_series: maxSeries } = prepared.limits;
  if (maxSeries > 0 && series.length > maxSeries) throw tooManySeries(maxSeries);
  const { startNs, endNs, stepNs } = params;
  return {
    kind: 'MetricResult',
    grid: { startNs, endNs, stepNs },
    type: 'vector',
    series,
    warnings: [...new Set(results.flatMap(({ warnings }) => warnings))],
    statistics: mergeStatistics(
      results.map(({ statistics }) => statistics),
      series.length,
    ),
  };
}

function metricOf(result: QueryResult): MetricResult {
  assert(result.kind === 'MetricResult', 'a metric query has a metric answer');
  return result;
}

function useOf(
  asked: Asked,
  { entries }: Known,
  encoded: readonly (Uint8Array | null)[],
  downloadMs: number,
): CacheUse {
  const served = within(unite(entries.flatMap((entry) => entry?.known ?? [])), asked.window);
  return {
    keysRequested: asked.keys.length,
    keysFound: entries.filter((entry) => entry !== null && entry.known.length > 0).length,
    keysStored: 0,
    bytesReceived: encoded.reduce((sum, value) => sum + (value?.length ?? 0), 0),
    bytesSent: 0,
    downloadMs,
    servedNs: BigInt(countSteps(served)) * asked.params.stepNs,
  };
}
