import type { ValueRange } from '../value-windows.ts';
import { selectRank } from './select-rank.ts';

/** quantile_over_time (fact 37): NaN sorts first, linear interpolation between neighbours. */
export function quantileOverTime(quantile: number): (range: ValueRange) => number {
  let scratch = new Float64Array(0);
  return ({ values, first, end }) => {
    if (quantile < 0) return -Infinity;
    if (quantile > 1) return Infinity;
    const count = end - first;
    if (count > scratch.length) scratch = new Float64Array(count * 2);
    const copy = scratch.subarray(0, count);
    copy.set(values.subarray(first, end));
    return quantileOf(copy, quantile);
  };
}

/** Of at least one value; changes their order. */
function quantileOf(values: Float64Array, quantile: number): number {
  const nanCount = moveNanFirst(values);
  const last = values.length - 1;
  const rank = quantile * last;
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(last, lower + 1);
  const weight = rank - Math.floor(rank);
  const lowerValue = valueAt(values, nanCount, lower);
  // Behind the rank nothing is less: the next one is the least of them.
  const upperValue =
    upper === lower ? lowerValue : lower < nanCount ? valueAt(values, nanCount, upper) : leastFrom(values, upper);
  const value = lowerValue * (1 - weight) + upperValue * weight;
  // Which of 0 and -0 is at a rank is left to the order in which they came.
  return value === 0 && values.some((other) => Object.is(other, 0)) ? 0 : value;
}

function moveNanFirst(values: Float64Array): number {
  let nanCount = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] === values[i]) continue;
    values[i] = values[nanCount];
    values[nanCount++] = NaN;
  }
  return nanCount;
}

function valueAt(values: Float64Array, nanCount: number, rank: number): number {
  if (rank < nanCount) return NaN;
  selectRank(values, nanCount, values.length, rank);
  return values[rank];
}

function leastFrom(values: Float64Array, first: number): number {
  let least = values[first];
  for (let i = first + 1; i < values.length; i++) if (values[i] < least) least = values[i];
  return least;
}
