import { Labels } from '../../src/common/labels.ts';
import type { Matcher } from '../../src/common/matcher.ts';

/** Labels of absent_over_time's one series: of equality matchers whose name no other matcher uses (spec fact 40). */
export function absentLabels(matchers: readonly Matcher[]): Labels {
  const uses = (name: string): number => matchers.filter((matcher) => matcher.name === name).length;
  const sole = matchers.filter(({ name, op, value }) => op === '=' && value !== '' && uses(name) === 1);
  return Labels.from(sole.map(({ name, value }) => [name, value] as const));
}
