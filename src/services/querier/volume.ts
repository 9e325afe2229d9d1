import { SkaldError } from '../../common/errors.ts';
import { Labels } from '../../common/labels.ts';
import type { Matcher } from '../../common/matcher.ts';
import { floorDiv, NS_PER_MS, type TimeRange } from '../../common/time.ts';
import { compareUtf8 } from '../../common/utf8.ts';
import type { MetadataCatalog } from './catalog/log-catalog.ts';

export interface VolumeRequest {
  readonly tenant: string;
  readonly matchers: readonly Matcher[];
  readonly startNs: bigint;
  /** Inclusive. */
  readonly endNs: bigint;
  /** Length of a bucket; null is one bucket for the whole range. */
  readonly stepNs: bigint | null;
  /** Series of a bucket: those with the most bytes. */
  readonly limit: number;
  /** Labels to aggregate by; none: those that the matchers name, or all when there are no matchers. */
  readonly targetLabels: readonly string[];
  /** `labels`: a series per label name. */
  readonly aggregateBy: 'series' | 'labels';
  /** volume_max_series. */
  readonly maxSeries: number;
}

export interface VolumeSeries {
  readonly labels: Labels;
  /** Ascending times. */
  readonly points: readonly { readonly timestampNs: bigint; readonly bytes: number }[];
}

interface Bucket {
  readonly range: TimeRange;
  /** Its last millisecond. */
  readonly timestampNs: bigint;
}

interface Sum {
  readonly labels: Labels;
  /** What ties are ordered by. */
  readonly name: string;
  /** Per bucket; below 0 where there is nothing. */
  readonly bytes: Float64Array;
}

/**
 * Estimates of stored bytes by label, from indexes and head (spec fact 174). Most bytes first, then by name. Errors:
 * `query_limit` above maxSeries.
 */
export async function findVolumes(catalog: MetadataCatalog, request: VolumeRequest): Promise<VolumeSeries[]> {
  const { tenant, startNs, endNs, stepNs } = request;
  const buckets = splitRange(startNs, endNs, stepNs);
  const range = { start: startNs, end: endNs + 1n };
  const matchers = withTargets(request);
  const ranges = buckets.map((bucket) => bucket.range);
  const sums = new Map<string, Sum>();
  for (const { labels, bytes } of await catalog.streamVolumes({ tenant, matchers, range }, ranges)) {
    for (const series of seriesOf(labels, request)) addTo(sums, series, bytes, request.maxSeries);
  }
  const all = [...sums.values()];
  for (let bucket = 0; bucket < buckets.length; bucket++) keepLargest(all, bucket, request.limit);
  return all
    .filter(({ bytes }) => bytes.some((value) => value >= 0))
    .sort((a, b) => firstOf(b) - firstOf(a) || compareUtf8(a.name, b.name))
    .map(({ labels, bytes }) => ({
      labels,
      points: buckets.flatMap(({ timestampNs }, i) =>
        bytes[i] < 0 ? [] : [{ timestampNs, bytes: Math.round(bytes[i]) }],
      ),
    }));
}

/** Buckets end at multiples of the step, the last one at the end; each is named by its last millisecond. */
export function splitRange(startNs: bigint, endNs: bigint, stepNs: bigint | null): Bucket[] {
  const buckets: Bucket[] = [];
  let start = startNs;
  let next = stepNs === null ? endNs : (floorDiv(startNs, stepNs) + 1n) * stepNs;
  for (; stepNs !== null && next < endNs; next += stepNs) {
    buckets.push({ range: { start, end: next }, timestampNs: next - NS_PER_MS });
    start = next;
  }
  buckets.push({ range: { start, end: endNs + 1n }, timestampNs: endNs });
  return buckets;
}

/** Streams without a target label do not count, unless a matcher says what to do with them. */
function withTargets({ matchers, targetLabels }: VolumeRequest): readonly Matcher[] {
  const named = new Set(matchers.map(({ name }) => name));
  const missing = targetLabels.filter((name) => !named.has(name));
  return [...matchers, ...missing.map((name): Matcher => ({ name, op: '=~', value: '.+' }))];
}

/** The series that a stream counts for: one by its label values, or one per label name. */
function seriesOf(labels: Labels, { matchers, targetLabels, aggregateBy }: VolumeRequest): Labels[] {
  if (aggregateBy === 'labels') {
    const names = targetLabels.length > 0 ? labels.pick(targetLabels) : labels;
    return names.pairs.map(([name]) => Labels.fromSorted([[name, '']]));
  }
  if (targetLabels.length > 0) return [labels.pick(targetLabels)];
  return [matchers.length === 0 ? labels : labels.pick(matchers.map(({ name }) => name))];
}

function addTo(sums: Map<string, Sum>, labels: Labels, bytes: Float64Array, maxSeries: number): void {
  let sum = sums.get(labels.key);
  if (sum === undefined) {
    if (maxSeries > 0 && sums.size >= maxSeries) {
      const message = `the query hit the max number of series limit (limit: ${maxSeries} series)`;
      throw new SkaldError('query_limit', message);
    }
    sum = { labels, name: labels.key, bytes: new Float64Array(bytes.length).fill(-1) };
    sums.set(labels.key, sum);
  }
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] >= 0) sum.bytes[i] = Math.max(sum.bytes[i], 0) + bytes[i];
  }
}

function keepLargest(sums: readonly Sum[], bucket: number, limit: number): void {
  if (sums.length <= limit) return;
  const present = sums.filter(({ bytes }) => bytes[bucket] >= 0);
  present.sort((a, b) => b.bytes[bucket] - a.bytes[bucket] || compareUtf8(a.name, b.name));
  for (const { bytes } of present.slice(limit)) bytes[bucket] = -1;
}

function firstOf({ bytes }: Sum): number {
  return bytes.find((value) => value >= 0) ?? 0;
}
