import type { VectorAggregation } from '../../grammar/ast.ts';
import { must, unreachable } from '../../src/common/assert.ts';
import { Labels } from '../../src/common/labels.ts';
import { extremumOf, meanOf, sumOf, varianceOf } from './range-functions.ts';

export interface VectorSample {
  readonly labels: Labels;
  readonly value: number;
}

/** A vector aggregation at one step (facts 60 to 66). */
export function aggregateVector(expr: VectorAggregation, samples: readonly VectorSample[]): VectorSample[] {
  const { op } = expr;
  if (op === 'sort' || op === 'sort_desc') return sortSamples(samples, op === 'sort' ? 1 : -1);
  const groups = [...Map.groupBy(samples, ({ labels }) => groupLabels(expr, labels).key).values()];
  if (op === 'topk' || op === 'bottomk' || op === 'approx_topk') {
    const sign = op === 'bottomk' ? 1 : -1;
    const chosen = new Set(groups.flatMap((group) => sortSamples(group, sign).slice(0, must(expr.parameter))));
    return samples.filter((sample) => chosen.has(sample));
  }
  return groups.map((group) => ({
    labels: groupLabels(expr, must(group[0]).labels),
    value: aggregate(
      op,
      group.map(({ value }) => value),
    ),
  }));
}

/** `by` picks, `without` drops, neither is one group (fact 44). */
function groupLabels({ grouping }: VectorAggregation, labels: Labels): Labels {
  if (grouping === null) return Labels.empty;
  return grouping.without ? labels.omit([...grouping.names, '__name__']) : labels.pick(grouping.names);
}

/** By value, NaN last, equal ones by label set. */
function sortSamples(samples: readonly VectorSample[], sign: number): VectorSample[] {
  return samples.toSorted((a, b) => compareValues(a.value, b.value, sign) || Labels.compare(a.labels, b.labels));
}

function compareValues(a: number, b: number, sign: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a === b ? 0 : (a < b ? -1 : 1) * sign;
}

type Reducing = Exclude<VectorAggregation['op'], 'sort' | 'sort_desc' | 'topk' | 'bottomk' | 'approx_topk'>;

function aggregate(op: Reducing, values: readonly number[]): number {
  switch (op) {
    case 'sum':
      return sumOf(values);
    case 'avg':
      return meanOf(values);
    case 'min':
    case 'max':
      return extremumOf(values, op);
    case 'count':
      return values.length;
    case 'stddev':
      return Math.sqrt(varianceOf(values));
    case 'stdvar':
      return varianceOf(values);
    default:
      return unreachable(op);
  }
}
