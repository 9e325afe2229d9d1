import type { VectorMatching } from '../../planner/ir/metric.ts';
import type { Labels } from '../../src/common/labels.ts';

/** Labels by which the series of two vectors meet (fact 72). */
export function matchingLabels(labels: Labels, matching: VectorMatching | null): Labels {
  if (matching === null) return labels;
  return matching.on ? labels.pick(matching.names) : labels.omit(matching.names);
}

/** Labels of the result of two series that met (fact 73). With a group, `many` is the grouped side. */
export function resultLabels(many: Labels, one: Labels, matching: VectorMatching | null): Labels {
  if (matching === null) return many;
  let result = matching.group === null ? matchingLabels(many, matching) : many;
  for (const name of matching.include) {
    const value = one.get(name);
    result = value === undefined || value === '' ? result.omit([name]) : result.with(name, value);
  }
  return result;
}
