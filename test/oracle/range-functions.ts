import type { RangeAggregation } from '../../grammar/ast.ts';
import { must, unreachable } from '../../src/common/assert.ts';
import type { OracleSample } from './oracle-samples.ts';

/** The value of a window's samples of one series, in time order, at least one (facts 33 to 39). */
export function rangeValue({ op, parameter, logRange }: RangeAggregation, samples: readonly OracleSample[]): number {
  const values = samples.map(({ value }) => value);
  const seconds = Number(logRange.intervalNs) / 1e9;
  switch (op) {
    case 'count_over_time':
      return values.length;
    case 'rate':
    case 'bytes_rate':
      return sumOf(values) / seconds;
    case 'bytes_over_time':
    case 'sum_over_time':
      return sumOf(values);
    case 'avg_over_time':
      return meanOf(values);
    case 'min_over_time':
    case 'max_over_time':
      return extremumOf(values, op === 'min_over_time' ? 'min' : 'max');
    case 'stdvar_over_time':
      return varianceOf(values);
    case 'stddev_over_time':
      return Math.sqrt(varianceOf(values));
    case 'quantile_over_time':
      return quantileOf(values, must(parameter));
    case 'first_over_time':
      return must(values[0]);
    case 'last_over_time':
      return must(values.at(-1));
    case 'rate_counter':
      return counterRateOf(samples, seconds);
    case 'absent_over_time':
      return 1;
    default:
      return unreachable(op);
  }
}

export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Infinities decide, unless they are opposite. */
export function meanOf(values: readonly number[]): number {
  const special = values.filter((value) => !Number.isFinite(value));
  if (special.length > 0) return sumOf(special);
  return values.reduce((mean, value, i) => mean + (value / (i + 1) - mean / (i + 1)), 0);
}

/** NaN gives way to any number. */
export function extremumOf(values: readonly number[], which: 'min' | 'max'): number {
  const numbers = values.filter((value) => !Number.isNaN(value));
  return numbers.length === 0 ? NaN : numbers.reduce((a, b) => Math[which](a, b));
}

/** Of the population, in two passes. */
export function varianceOf(values: readonly number[]): number {
  const mean = sumOf(values) / values.length;
  return sumOf(values.map((value) => (value - mean) ** 2)) / values.length;
}

function quantileOf(values: readonly number[], quantile: number): number {
  if (quantile < 0) return -Infinity;
  if (quantile > 1) return Infinity;
  const sorted = [...values].sort((a, b) => (Number.isNaN(a) ? -1 : Number.isNaN(b) ? 1 : a - b));
  const rank = quantile * (sorted.length - 1);
  const low = sorted[Math.max(0, Math.floor(rank))];
  const high = sorted[Math.min(sorted.length - 1, Math.floor(rank) + 1)];
  const weight = rank - Math.floor(rank);
  return low * (1 - weight) + high * weight;
}

/** fact 39, as it is written there. */
function counterRateOf(samples: readonly OracleSample[], rangeSeconds: number): number {
  if (samples.length < 2) return 0;
  const first = samples[0];
  const last = samples[samples.length - 1];
  let increase = last.value - first.value;
  for (let i = 1; i < samples.length; i++) {
    if (samples[i].value < samples[i - 1].value) increase += samples[i - 1].value;
  }
  const duration = Number(last.timestampNs - first.timestampNs) / 1000;
  const average = duration / (samples.length - 1);
  let toStart = rangeSeconds;
  if (increase > 0 && first.value >= 0) toStart = Math.min(toStart, (duration * first.value) / increase);
  const extrapolated = duration + (toStart < 1.1 * average ? toStart : average / 2);
  return (increase * (extrapolated / duration)) / rangeSeconds;
}
