import { SkaldError } from '../../common/errors.ts';
import { goQuote } from '../../common/go-quote.ts';
import { floorDiv, NS_PER_MS, NS_PER_SECOND } from '../../common/time.ts';
import { compareUtf8 } from '../../common/utf8.ts';
import type { LogRow, MetricResult, QueryResult } from '../../../exec/result/query-result.ts';
import type { QueryParams } from '../../../planner/logical/query-params.ts';
import type { QueryRequest } from '../querier/query-request.ts';
import type { Cluster } from './drain/drain.ts';
import { LinePatterns, type LinePatternsOptions } from './line-patterns.ts';
import { countPatterns, type SliceSample } from './pattern-counts.ts';
import { planSlices, type Slice } from './plan-slices.ts';

/** Lines that a request reads, of all levels together. */
const LINES_MAX = 20_000;
/** Lines that are read and grouped in one go, if they are not of one bucket: other requests are served in between. */
const PAGE_LINES = 2000;
/** Lines that are read in one go in any case. */
const ENTRIES_MAX = 5000;
/** Parts of the range that are looked at when a level has more lines than can be read. */
const SAMPLES = 12;
/** Patterns of an answer: those with the most lines. */
const PATTERNS_MAX = 1000;

const LEVEL = 'detected_level';
const NO_LEVEL = 'unknown';

export interface PatternsRequest {
  /** Who asks. */
  readonly asker: Omit<QueryRequest, 'query' | 'params'>;
  /** A stream selector. */
  readonly selector: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Length of a bucket. Buckets start at its multiples. */
  readonly stepNs: bigint;
}

export interface PatternsOptions extends LinePatternsOptions {
  /** max_entries_limit_per_query of the tenant; 0 is no limit. */
  readonly entriesMax: number;
  readonly query: (request: QueryRequest) => Promise<{ readonly result: QueryResult }>;
}

export interface Pattern {
  readonly text: string;
  readonly level: string;
  /** Ascending times; the start of the bucket in seconds, and its number of lines. */
  readonly samples: readonly (readonly [seconds: number, count: number])[];
}

interface LevelCounts {
  readonly level: string;
  readonly counts: Float64Array;
  readonly total: number;
}

/**
 * The patterns of the lines of some streams by level and time (features section 12), most lines first. They are found when
 * they are asked for: a metric query counts the lines of each level and bucket, then lines are read, all of them or a
 * sample from every part of the range, and what was sampled is scaled to the counts.
 */
export async function findPatterns(request: PatternsRequest, options: PatternsOptions): Promise<Pattern[]> {
  const levels = await countLevels(request, options);
  const merged = new Map<string, { readonly level: string; readonly buckets: Map<number, number> }>();
  let linesLeft = LINES_MAX;
  // Levels with few lines first: what they do not need is left to the others.
  for (const [i, { level, counts }] of levels.entries()) {
    const linesMax = Math.floor(linesLeft / (levels.length - i));
    const samples = await sampleLevel(request, options, { level, counts, linesMax });
    for (const { read } of samples) linesLeft -= read;
    for (const [cluster, buckets] of countPatterns(counts, samples)) {
      if (!cluster.isEvicted && cluster.text !== '') merge(merged, cluster.text, level, buckets);
    }
  }
  return largest(merged, request);
}

/** Lines by level and bucket, without reading lines. Fewest first. */
async function countLevels(request: PatternsRequest, { query }: PatternsOptions): Promise<LevelCounts[]> {
  const { stepNs } = request;
  const { firstNs, count } = bucketsOf(request);
  // The sample at the end of a bucket counts what lies before it: from start to end, without the end.
  const range = `[${stepNs / NS_PER_MS}ms] offset 1ns`;
  const { result } = await query({
    ...request.asker,
    query: `sum by (${LEVEL}) (count_over_time(${request.selector}\n${range}))`,
    params: { ...RANGE, startNs: firstNs + stepNs, endNs: firstNs + BigInt(count) * stepNs, stepNs },
  });
  if (result.kind !== 'MetricResult') throw new SkaldError('internal', 'a metric query did not yield series');
  return levelCountsOf(result, firstNs, stepNs, count);
}

function levelCountsOf({ grid, series }: MetricResult, firstNs: bigint, stepNs: bigint, count: number): LevelCounts[] {
  const shift = Number((grid.startNs - (firstNs + stepNs)) / stepNs);
  return series
    .map(({ labels, values, present }) => {
      const counts = new Float64Array(count);
      let total = 0;
      for (let i = 0; i < values.length; i++) {
        const bucket = i + shift;
        if (present[i] === 0 || bucket < 0 || bucket >= count) continue;
        counts[bucket] = values[i];
        total += values[i];
      }
      return { level: labels.get(LEVEL) ?? '', counts, total };
    })
    .sort((a, b) => a.total - b.total);
}

async function sampleLevel(
  request: PatternsRequest,
  options: PatternsOptions,
  { level, counts, linesMax }: { readonly level: string; readonly counts: Float64Array; readonly linesMax: number },
): Promise<SliceSample[]> {
  const { entriesMax } = options;
  const limitMax = entriesMax > 0 ? Math.min(ENTRIES_MAX, entriesMax) : ENTRIES_MAX;
  const patterns = new LinePatterns(options);
  const samples: SliceSample[] = [];
  for (const slice of planSlices(counts, { linesMax, pageLines: PAGE_LINES, limitMax, samples: SAMPLES })) {
    const rows = await readSlice(request, options, level, slice);
    samples.push(sampleOf(rows, slice, patterns, request));
  }
  return samples;
}

async function readSlice(
  request: PatternsRequest,
  { query }: PatternsOptions,
  level: string,
  { first, end, limit }: Slice,
): Promise<readonly LogRow[]> {
  const { stepNs } = request;
  const { firstNs } = bucketsOf(request);
  const bounds = { startNs: firstNs + BigInt(first) * stepNs, endNs: firstNs + BigInt(end) * stepNs };
  const { result } = await query({
    ...request.asker,
    query: `${request.selector}\n| ${LEVEL}=${goQuote(level)}`,
    params: { ...RANGE, ...bounds, stepNs, limit },
  });
  return result.kind === 'LogResult' ? result.rows : [];
}

function sampleOf(
  rows: readonly LogRow[],
  { first, end }: Slice,
  patterns: LinePatterns,
  request: PatternsRequest,
): SliceSample {
  const { firstNs } = bucketsOf(request);
  const lines = new Map<Cluster, Map<number, number>>();
  for (const row of rows) {
    const cluster = patterns.add(row);
    let buckets = lines.get(cluster);
    if (buckets === undefined) lines.set(cluster, (buckets = new Map<number, number>()));
    const bucket = Number((row.timestampNs - firstNs) / request.stepNs);
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }
  return { first, end, read: rows.length, lines };
}

type Merged = Map<string, { readonly level: string; readonly buckets: Map<number, number> }>;

/** Patterns of equal text are one; its level is the first that has it (spec fact 176). */
function merge(merged: Merged, text: string, level: string, buckets: ReadonlyMap<number, number>): void {
  let pattern = merged.get(text);
  if (pattern === undefined) merged.set(text, (pattern = { level, buckets: new Map() }));
  for (const [bucket, count] of buckets) pattern.buckets.set(bucket, (pattern.buckets.get(bucket) ?? 0) + count);
}

function largest(merged: Merged, request: PatternsRequest): Pattern[] {
  const { firstNs } = bucketsOf(request);
  const secondsOf = (bucket: number): number => Number((firstNs + BigInt(bucket) * request.stepNs) / NS_PER_SECOND);
  return Array.from(merged, ([text, { level, buckets }]) => {
    let total = 0;
    for (const count of buckets.values()) total += count;
    return { text, level, buckets, total };
  })
    .sort((a, b) => b.total - a.total || compareUtf8(a.text, b.text))
    .slice(0, PATTERNS_MAX)
    .map(({ text, level, buckets }) => ({
      text,
      level: level === '' ? NO_LEVEL : level,
      samples: [...buckets]
        .sort(([a], [b]) => a - b)
        .map(([bucket, count]): [number, number] => [secondsOf(bucket), count]),
    }));
}

/** Whole buckets around the range. */
function bucketsOf({ startNs, endNs, stepNs }: PatternsRequest): { readonly firstNs: bigint; readonly count: number } {
  const first = floorDiv(startNs, stepNs);
  const last = floorDiv(endNs, stepNs);
  return { firstNs: first * stepNs, count: Number(last - first) + 1 };
}

const RANGE = { limit: 1, direction: 'backward', intervalNs: 0n, instant: false } satisfies Partial<QueryParams>;
