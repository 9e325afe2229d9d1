import { Labels } from '../../../common/labels.ts';
import { ruleName, type Rule } from '../rules/rule-group.ts';

/**
 * What identifies each rule of a group while the rest of it changes, as in Prometheus: its name and its labels, and of
 * equal ones their order. A rule with another expression is the same rule, and its alerts go on.
 */
export function ruleKeys(rules: readonly Rule[]): string[] {
  const counts = new Map<string, number>();
  return rules.map((rule) => {
    const key = `${rule.kind} ${ruleName(rule)}${Labels.fromRecord(rule.labels).key}`;
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    return count === 0 ? key : `${key}#${count}`;
  });
}
