import type { Labels } from '../../src/common/labels.ts';
import type { Grouping } from '../../planner/ir/metric.ts';

/** The label set of a group (fact 44): `by` picks, `without` drops and `__name__` with it, no grouping keeps all. */
export function applyGrouping(labels: Labels, grouping: Grouping | null): Labels {
  if (grouping === null) return labels;
  if (!grouping.without) return labels.pick(grouping.names);
  return labels.omit([...grouping.names, '__name__']);
}

/**
 * Grouping of a range aggregation: the label that was unwrapped is not part of the series, unless `by` names it
 * (fact 43).
 */
export function seriesGrouping(grouping: Grouping | null, unwrapped: string | null): Grouping | null {
  if (unwrapped === null || (grouping !== null && !grouping.without)) return grouping;
  return { without: true, names: [...(grouping?.names ?? []), unwrapped] };
}
