import type { ValueRange } from '../value-windows.ts';

/** quantile_over_time (fact 37): NaN sorts first, linear interpolation between neighbours. */
export function quantileOverTime(quantile: number): (range: ValueRange) => number {
  let sorted = new Float64Array(0);
  return ({ values, first, end }) => {
    if (quantile < 0) return -Infinity;
    if (quantile > 1) return Infinity;
    const count = end - first;
    if (count > sorted.length) sorted = new Float64Array(count * 2);
    return quantileOf(sortNanFirst(values.subarray(first, end), sorted), quantile);
  };
}

/** Copies into `target` in ascending order with NaN in front. */
function sortNanFirst(values: Float64Array, target: Float64Array): Float64Array {
  const sorted = target.subarray(0, values.length);
  sorted.set(values);
  sorted.sort();
  let nanCount = 0;
  while (nanCount < sorted.length && Number.isNaN(sorted[sorted.length - 1 - nanCount])) nanCount++;
  if (nanCount === 0) return sorted;
  sorted.copyWithin(nanCount, 0, sorted.length - nanCount);
  return sorted.fill(NaN, 0, nanCount);
}

function quantileOf(sorted: Float64Array, quantile: number): number {
  const rank = quantile * (sorted.length - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(sorted.length - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return sorted[lower] * (1 - weight) + sorted[upper] * weight;
}
