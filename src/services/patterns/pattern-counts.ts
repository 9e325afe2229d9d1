import type { Cluster } from './drain/drain.ts';

/** What was read of a slice: lines by pattern and bucket. */
export interface SliceSample {
  readonly first: number;
  readonly end: number;
  readonly read: number;
  readonly lines: ReadonlyMap<Cluster, ReadonlyMap<number, number>>;
}

/**
 * Lines of each pattern by bucket, when `counts[i]` lie in bucket i. Of a slice that was read as a whole they are what
 * was found. Of others, the lines of each bucket are divided in proportion to what was read of the slice (of all slices,
 * where nothing of it was), so that they always add up to `counts`.
 */
export function countPatterns(
  counts: ArrayLike<number>,
  samples: readonly SliceSample[],
): Map<Cluster, Map<number, number>> {
  const result = new Map<Cluster, Map<number, number>>();
  const add = (cluster: Cluster, bucket: number, count: number): void => {
    if (count === 0) return;
    let buckets = result.get(cluster);
    if (buckets === undefined) result.set(cluster, (buckets = new Map<number, number>()));
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + count);
  };
  const all = totalsOf(samples);
  for (const { first, end, read, lines } of samples) {
    if (read === sumOf(counts, first, end)) {
      for (const [cluster, buckets] of lines) for (const [bucket, count] of buckets) add(cluster, bucket, count);
      continue;
    }
    const shares = read === 0 ? all : totalsOf([{ lines }]);
    for (let bucket = first; bucket < end; bucket++) {
      for (const [cluster, count] of divide(counts[bucket], shares)) add(cluster, bucket, count);
    }
  }
  return result;
}

function totalsOf(samples: readonly Pick<SliceSample, 'lines'>[]): Map<Cluster, number> {
  const totals = new Map<Cluster, number>();
  for (const { lines } of samples) {
    for (const [cluster, buckets] of lines) {
      let total = totals.get(cluster) ?? 0;
      for (const count of buckets.values()) total += count;
      totals.set(cluster, total);
    }
  }
  return totals;
}

function sumOf(counts: ArrayLike<number>, first: number, end: number): number {
  let sum = 0;
  for (let i = first; i < end; i++) sum += counts[i];
  return sum;
}

/** Whole numbers that add up to `total`, as near to the shares as can be: what is left over goes to the largest rests. */
export function divide<Key>(total: number, shares: ReadonlyMap<Key, number>): Map<Key, number> {
  let sum = 0;
  for (const share of shares.values()) sum += share;
  if (sum === 0) return new Map();
  const parts = Array.from(shares, ([key, share]) => {
    const exact = (total * share) / sum;
    return { key, whole: Math.floor(exact), rest: exact - Math.floor(exact) };
  });
  let left = total;
  for (const { whole } of parts) left -= whole;
  parts.sort((a, b) => b.rest - a.rest);
  return new Map(parts.map(({ key, whole }, i) => [key, whole + (i < left ? 1 : 0)]));
}
